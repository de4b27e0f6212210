using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Workers.Tests.Support;

/// <summary>The workers as they run, in this process, on real servers. It can take OTPs in as well, as the Api does.</summary>
internal sealed class WorkerHost(
    TestDatabase database, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    : IAsyncDisposable
{
    private WebApplication? _app;
    private Application? _application;

    public IServiceProvider Services => _app!.Services;

    /// <summary>Where its health page is.</summary>
    public Uri Address => new(_app!.Urls.Single());

    public async Task StartAsync()
    {
        var all = (await Support.Settings.FromAsync(database)).Concat(settings ?? []).Append(new("Urls", "http://127.0.0.1:0"))
            .Append(new("environment", "Development"));
        _app = Program.Build([.. all.Select(s => $"--{s.Key}={s.Value}")], services);
        await _app.StartAsync();
        await using var context = await Services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
        _application = await context.Applications.SingleOrDefaultAsync();
        if (_application is null)
        {
            _application = new() { Id = Support.Settings.ApplicationId, Name = "test", Settings = new() { Limits = new() { SendsPerHour = 100_000, SendsPerDay = 100_000 } } };
            context.Add(_application);
            await context.SaveChangesAsync();
        }
    }

    public Application Application => _application!;

    public Task<Guid> RequestAsync(Channel channel, string recipient, Application? application = null)
    {
        var address = new JsonField(recipient);
        var request = new OtpRequest { Channel = new(channel.Text()), From = new("Tests"), Template = new("Your PIN is {{pin}}") };
        return RequestAsync(application ?? Application, channel switch
        {
            Channel.Email => request with { Email = address },
            Channel.Telegram => request with { ChatId = address },
            _ => request with { PhoneNumber = address },
        });
    }

    public Task<Guid> RequestAsync(OtpRequest request) => RequestAsync(Application, request);

    public Task<OtpReading?> ReadAsync(Guid otpId, Application? application = null) =>
        Services.GetRequiredService<IOtpStore>().FindAsync((application ?? Application).Id, otpId, CancellationToken.None);

    /// <summary>Waits until each delivery of the OTP has an outcome that nothing follows.</summary>
    public async Task<OtpReading> SettledAsync(Guid otpId, Func<OtpReading, bool> settled, string what, Application? application = null)
    {
        OtpReading? reading = null;
        await Eventually.Until(async () => (reading = await ReadAsync(otpId, application)) is not null && settled(reading), what);
        return reading!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    private async Task<Guid> RequestAsync(Application application, OtpRequest request)
    {
        var answer = await Services.GetRequiredService<OtpIntake>().RequestAsync(request, new(application), CancellationToken.None);
        answer.Error.ShouldBeNull();
        return answer.Value.Otp.Id;
    }
}
