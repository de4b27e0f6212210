using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OtpPipeline.Api.Dialects;

internal static class DialectRegistration
{
    /// <summary>Adds all that an API brings along: options, services, OpenAPI document; its endpoints and error bodies follow when the host is built.</summary>
    public static void AddDialect<TDialect, TOptions>(this WebApplicationBuilder builder, string section)
        where TDialect : class, IDialect
        where TOptions : DialectOptions
    {
        builder.Services.AddOptions<TOptions>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton<MountedDialects>();
        builder.Services.AddSingleton<IDialect, TDialect>();
        builder.Services.AddDialectDocument(section);
        TDialect.AddServices(builder.Services);
    }
}
