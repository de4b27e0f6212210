using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OtpPipeline.Api.CompatibleApis;

internal static class CompatibleApiRegistration
{
    /// <summary>
    /// Adds all that an API brings along: options, services, OpenAPI document; its endpoints and error bodies follow when the host is
    /// built.
    /// </summary>
    public static void AddCompatibleApi<TApi, TOptions>(this WebApplicationBuilder builder, string section)
        where TApi : class, ICompatibleApi
        where TOptions : CompatibleApiOptions
    {
        builder.Services.AddOptions<TOptions>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton<CompatibleApiRouting>();
        builder.Services.AddSingleton<ICompatibleApi, TApi>();
        builder.Services.AddCompatibleApiDocument(section);
        TApi.AddServices(builder.Services);
    }
}
