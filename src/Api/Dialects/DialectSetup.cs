using OtpPipeline.Api.Dialects.Beem;
using OtpPipeline.Api.Dialects.BizMagnets;
using OtpPipeline.Api.Dialects.Gupshup;
using OtpPipeline.Api.Dialects.Perfumerlabs;
using OtpPipeline.Api.OpenApi;

namespace OtpPipeline.Api.Dialects;

internal static class DialectSetup
{
    /// <summary>All dialects but the native one, which is the answer of every path that belongs to none.</summary>
    public static void AddDialects(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<NativeOptions>().BindConfiguration(NativeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<MountedDialects>();
        builder.AddDialect<BeemDialect, BeemOptions>(BeemOptions.Section);
        builder.AddDialect<BizMagnetsDialect, BizMagnetsOptions>(BizMagnetsOptions.Section);
        builder.AddDialect<GupshupDialect, GupshupOptions>(GupshupOptions.Section);
        builder.Services.AddSingleton<GupshupGate>();
        builder.Services.AddSingleton<GupshupOtps>();
        builder.Services.AddSingleton<GupshupMessages>();
        builder.Services.AddPerfumerlabs();
        builder.AddDialect<PerfumerlabsDialect, PerfumerlabsOptions>(PerfumerlabsOptions.Section);
    }

    /// <summary>One dialect with its options and its OpenAPI document; nothing of it where it is off.</summary>
    private static void AddDialect<TDialect, TOptions>(this WebApplicationBuilder builder, string name)
        where TDialect : class, IDialect
        where TOptions : DialectOptions
    {
        builder.Services.AddOptions<TOptions>().BindConfiguration(name).ValidateDataAnnotations().ValidateOnStart();
        if (builder.Configuration.GetValue($"{name}:{nameof(DialectOptions.Enabled)}", defaultValue: true))
        {
            builder.Services.AddSingleton<IDialect, TDialect>();
            builder.Services.AddDialectDescription(name);
        }
    }
}
