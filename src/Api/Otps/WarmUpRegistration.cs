using OtpPipeline.Hosting.Health;

namespace OtpPipeline.Api.Otps;

internal static class WarmUpRegistration
{
    /// <summary>The host is ready only when it has warmed up.</summary>
    public static IServiceCollection AddWarmUp(this IServiceCollection services)
    {
        services.AddSingleton<WarmUp>();
        services.AddSingleton<IWarmUp>(provider => provider.GetRequiredService<WarmUp>());
        services.AddHostedService(provider => provider.GetRequiredService<WarmUp>());
        return services;
    }
}
