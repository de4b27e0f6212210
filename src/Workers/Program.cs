using OtpPipeline.Core;
using OtpPipeline.Hosting;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Health;
using OtpPipeline.Hosting.Starting;
using OtpPipeline.Workers.Commands;
using OtpPipeline.Workers.DeadLetters;
using OtpPipeline.Workers.Deliveries;
using OtpPipeline.Workers.Jobs;
using OtpPipeline.Workers.Providers;

namespace OtpPipeline.Workers;

public static class Program
{
    public static Task<int> Main(string[] args) => HostRunner.RunAsync(() => Build(args));

    /// <param name="args">Settings as on the command line.</param>
    /// <param name="adjust">What a test puts in a service's place.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? adjust = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults("otp-workers", "http://127.0.0.1:5081");
        builder.AddOtpStorage();
        builder.Services.AddOtpCore();
        builder.AddOtpBus(
            x =>
            {
                x.AddDeliveries();
                x.AddCommands();
                x.AddDeadLetters();
            },
            (context, bus) =>
            {
                bus.ConfigureDeliveries(context);
                bus.ConfigureCommands(context);
                bus.ConfigureDeadLetters(context);
            });
        builder.Services.AddOtpProviders();
        builder.Services.AddOtpJobs();
        adjust?.Invoke(builder.Services);

        var app = builder.Build();
        app.MapHealth();
        return app;
    }
}
