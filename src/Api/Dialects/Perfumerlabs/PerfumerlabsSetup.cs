namespace OtpPipeline.Api.Dialects.Perfumerlabs;

internal static class PerfumerlabsSetup
{
    /// <summary>What the dialect needs beside its options.</summary>
    public static void AddPerfumerlabs(this IServiceCollection services)
    {
        services.AddOptions<PerfumerlabsOptions>().Configure<IConfiguration>((options, configuration) =>
        {
            options.Username = NotEmpty(configuration[PerfumerlabsOptions.UsernameKey]);
            options.Password = NotEmpty(configuration[PerfumerlabsOptions.PasswordKey]);
        });
        services.AddSingleton<PerfumerlabsCaller>();
        services.AddSingleton<TargetMisses>();
        services.AddSingleton<TelegramCodes>();
        services.AddSingleton<SendLimits>();
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
