using OtpPipeline.Core;
using OtpPipeline.Hosting;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Health;
using OtpPipeline.Hosting.Starting;
using OtpPipeline.Workers.Deliveries;
using OtpPipeline.Workers.Jobs;
using OtpPipeline.Workers.Providers;

return await HostRunner.RunAsync(Build);

WebApplication Build()
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults("otp-workers", "http://127.0.0.1:5081");
    builder.AddOtpStorage();
    builder.Services.AddOtpCore();
    builder.AddOtpBus(x => x.AddDeliveries(), (context, bus) => bus.ConfigureDeliveries(context));
    builder.Services.AddOtpProviders();
    builder.Services.AddOtpJobs();

    var app = builder.Build();
    app.MapHealth();
    return app;
}
