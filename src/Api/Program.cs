using OtpPipeline.Api.Admin;
using OtpPipeline.Api.Admin.Applications;
using OtpPipeline.Api.Admin.Otps;
using OtpPipeline.Api.Callbacks;
using OtpPipeline.Api.CompatibleApis;
using OtpPipeline.Api.CompatibleApis.Beem;
using OtpPipeline.Api.CompatibleApis.BizMagnets;
using OtpPipeline.Api.CompatibleApis.Gupshup;
using OtpPipeline.Api.CompatibleApis.Perfumerlabs;
using OtpPipeline.Api.DeadLetters;
using OtpPipeline.Api.Documentation;
using OtpPipeline.Api.Middleware;
using OtpPipeline.Api.Native;
using OtpPipeline.Api.Otps;
using OtpPipeline.Api.Providers;
using OtpPipeline.Api.Receipts;
using OtpPipeline.Api.Sandbox;
using OtpPipeline.Api.Security;
using OtpPipeline.Api.Storage;
using OtpPipeline.Core;
using OtpPipeline.Hosting;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Health;
using OtpPipeline.Hosting.Providers.Receipts;
using OtpPipeline.Hosting.Starting;
using OtpPipeline.Hosting.Telemetry;

const string DefaultUrl = "http://127.0.0.1:5080";

if (args.Contains(HealthProbe.Verb, StringComparer.Ordinal))
{
    return await HealthProbe.RunAsync(args, DefaultUrl);
}

return args.Contains("--migrate", StringComparer.Ordinal)
    ? await HostRunner.RunAsync(Build, Migration.RunAsync)
    : await HostRunner.RunAsync(Build);

WebApplication Build()
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults("otp-api", DefaultUrl);
    builder.AddOtpStorage();
    builder.Services.AddOtpCore();
    builder.AddOtpBus();
    builder.AddAnswerFrame();
    builder.Services.AddWarmUp();
    builder.Services.AddApiKeys();
    builder.Services.AddRequestLimits();
    builder.Services.AddReceipts();
    builder.Services.AddDeadLetters();
    builder.Services.AddProviderReceipts(builder.Configuration);
    builder.Services.AddProviders();
    builder.Services.AddApiDescription();
    builder.Services.AddNative();
    builder.AddCompatibleApi<BeemApi, BeemOptions>(BeemOptions.Section);
    builder.AddCompatibleApi<BizMagnetsApi, BizMagnetsOptions>(BizMagnetsOptions.Section);
    builder.AddCompatibleApi<GupshupApi, GupshupOptions>(GupshupOptions.Section);
    builder.AddCompatibleApi<PerfumerlabsApi, PerfumerlabsOptions>(PerfumerlabsOptions.Section);

    var app = builder.Build();
    app.UseRequestFrame();
    app.UseApiDescriptionPage();
    app.UseEmptyOtpId();
    app.UseRouting();
    app.UseAuthentication();
    app.UseRequestLimits();
    app.UseAuthorization();
    app.UseIdentityBodies();
    app.MapHealth();
    app.MapMetrics();
    app.MapNative();
    app.MapCompatibleApis();
    app.MapReceipts();
    app.MapSandbox();
    var admin = app.MapAdminGroup();
    admin.MapAdminCallbacks();
    admin.MapDeadLetters();
    admin.MapProviders();
    admin.MapAdminApplications();
    admin.MapAdminOtps();
    app.MapErrorCodes();
    app.MapApiDescription();
    return app;
}
