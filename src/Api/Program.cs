using OtpPipeline.Api.Admin;
using OtpPipeline.Api.Admin.Applications;
using OtpPipeline.Api.Callbacks;
using OtpPipeline.Api.DeadLetters;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Api.Dialects.Beem;
using OtpPipeline.Api.Dialects.BizMagnets;
using OtpPipeline.Api.Dialects.Gupshup;
using OtpPipeline.Api.Dialects.Perfumerlabs;
using OtpPipeline.Api.Documentation;
using OtpPipeline.Api.Middleware;
using OtpPipeline.Api.Native;
using OtpPipeline.Api.Otps;
using OtpPipeline.Api.Sandbox;
using OtpPipeline.Api.Security;
using OtpPipeline.Api.Storage;
using OtpPipeline.Core;
using OtpPipeline.Hosting;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Health;
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
    builder.Services.AddDeadLetters();
    builder.Services.AddApiDescription();
    builder.Services.AddNative();
    builder.AddDialect<BeemDialect, BeemOptions>(BeemOptions.Section);
    builder.AddDialect<BizMagnetsDialect, BizMagnetsOptions>(BizMagnetsOptions.Section);
    builder.AddDialect<GupshupDialect, GupshupOptions>(GupshupOptions.Section);
    builder.AddDialect<PerfumerlabsDialect, PerfumerlabsOptions>(PerfumerlabsOptions.Section);

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
    app.MapDialects();
    app.MapSandbox();
    var admin = app.MapAdminGroup();
    admin.MapAdminCallbacks();
    admin.MapDeadLetters();
    admin.MapAdminApplications();
    app.MapErrorCodes();
    app.MapApiDescription();
    return app;
}
