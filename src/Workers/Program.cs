using OtpPipeline.Core;
using OtpPipeline.Hosting;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Health;
using OtpPipeline.Hosting.Starting;
using OtpPipeline.Hosting.Telemetry;
using OtpPipeline.Workers.Callbacks;
using OtpPipeline.Workers.Commands;
using OtpPipeline.Workers.DeadLetters;
using OtpPipeline.Workers.Deliveries;
using OtpPipeline.Workers.Feedback;
using OtpPipeline.Workers.Jobs;
using OtpPipeline.Workers.Providers.Registration;

namespace OtpPipeline.Workers;

public static class Program
{
    private const string DefaultUrl = "http://127.0.0.1:5081";

    public static Task<int> Main(string[] args) =>
        args.Contains(HealthProbe.Verb, StringComparer.Ordinal)
            ? HealthProbe.RunAsync(args, DefaultUrl)
            : HostRunner.RunAsync(() => Build(args));

    /// <param name="args">Command-line settings.</param>
    /// <param name="adjust">Replaces services in tests.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? adjust = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults("otp-workers", DefaultUrl);
        builder.AddOtpStorage();
        builder.Services.AddOtpCore();
        builder.Services.AddOtpCallbacks();
        builder.AddOtpBus(
            x =>
            {
                x.AddDeliveries();
                x.AddCallbacks();
                x.AddFeedback();
                x.AddCommands();
                x.AddDeadLetters();
            },
            (context, bus) =>
            {
                bus.ConfigureDeliveries(context);
                bus.ConfigureCommands(context);
                bus.ConfigureCallbacks(context);
                bus.ConfigureFeedback(context);
                bus.ConfigureDeadLetters(context);
            });
        builder.Services.AddOtpProviders(builder.Configuration);
        builder.Services.AddOtpJobs();
        adjust?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.MapHealth();
        app.MapMetrics();
        return app;
    }
}
