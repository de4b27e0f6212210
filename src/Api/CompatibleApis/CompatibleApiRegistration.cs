using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OtpPipeline.Api.CompatibleApis;

internal static class CompatibleApiRegistration
{
    /// <summary>Adds an API's options, services and OpenAPI document.</summary>
    /// <remarks>Its endpoints and error bodies are added when the host is built.</remarks>
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
