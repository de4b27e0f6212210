using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Providers.Sandbox;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Providers.Sandbox;

/// <summary>The sandbox with a gateway behind it on each channel's route, on the real broker and database.</summary>
public sealed class The_sandbox_on_a_route(The_sandbox_on_a_route.Running running) : IClassFixture<The_sandbox_on_a_route.Running>
{
    [Theory]
    [InlineData(SandboxScript.Fail, "unavailable")]
    [InlineData(SandboxScript.ThrottleFor, "throttled")]
    public async Task Hands_an_outage_and_a_throttled_message_to_the_next_provider_at_once_on_every_channel(
        SandboxScript script, string reason)
    {
        var otps = await Task.WhenAll(Running.Channels.Select(c => running.Host.RequestAsync(c, Recipient(script, c))));

        foreach (var otpId in otps)
        {
            var otp = await UntilSentAsync(otpId);

            otp.Deliveries.Select(d => (d.Provider, d.Round, d.Status, d.Reason)).ShouldBe(
                [("sandbox", 1, DeliveryStatus.Failed, reason), ("gateway", 1, DeliveryStatus.Sent, null)]);
            (otp.Deliveries[1].DueAt - otp.Deliveries[1].CreatedAt).ShouldBe(TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task Goes_on_to_serve_other_tenants_whatever_the_magic_recipients_of_one_do()
    {
        var scripts = new[] { SandboxScript.Throttle, SandboxScript.ThrottleFor }
            .Concat(Enumerable.Repeat(SandboxScript.Fail, 8)).Select(s => Recipient(s, Channel.Sms, seconds: 99));
        foreach (var recipient in scripts)
        {
            await UntilSentAsync(await running.Host.RequestAsync(Channel.Sms, recipient));
        }

        var others = await Task.WhenAll(Enumerable.Range(0, 5).Select(
            _ => running.Host.RequestAsync(Channel.Sms, Recipients.Next(), running.Other)));
        foreach (var otpId in others)
        {
            var otp = await running.Host.SettledAsync(
                otpId, o => o.Deliveries.Any(d => d.Status == DeliveryStatus.Sent), "the other tenant's OTP is sent", running.Other);
            otp.Deliveries.ShouldHaveSingleItem().Provider.ShouldBe("sandbox");
        }

        var live = await running.Host.RequestAsync(Channel.Ussd, Recipients.Next(), running.Other);
        var sent = await running.Host.SettledAsync(
            live, o => o.Deliveries.Any(d => d.Status == DeliveryStatus.Sent), "the other tenant's real message is sent", running.Other);
        sent.Deliveries.ShouldHaveSingleItem().Provider.ShouldBe("gateway");
    }

    [Fact]
    public async Task Ends_an_OTP_as_undeliverable_where_an_outage_leaves_no_round()
    {
        var otpId = await running.Host.RequestAsync(Channel.Email, Recipient(SandboxScript.Fail, Channel.Email));

        var otp = await running.Host.SettledAsync(otpId, o => o.Otp.Status == OtpStatus.Failed, "the OTP fails");

        otp.Otp.Reason.ShouldBe(OtpReason.Undeliverable);
        otp.Deliveries.Select(d => (d.Round, d.Status, d.Reason)).ShouldBe(
            [(1, DeliveryStatus.Failed, "unavailable"), (2, DeliveryStatus.Failed, "unavailable")]);
    }

    private Task<OtpReading> UntilSentAsync(Guid otpId) => running.Host.SettledAsync(
        otpId, o => o.Deliveries.Any(d => d.Status == DeliveryStatus.Sent), "it is sent");

    private static string Recipient(SandboxScript script, Channel channel, int seconds = 30) => SandboxScripts.Recipient(
        script, channel == Channel.Email ? RecipientKind.Email : channel == Channel.Telegram ? RecipientKind.Chat : RecipientKind.Phone,
        seconds);

    public sealed class Running : IAsyncLifetime
    {
        /// <summary>With a route; email has the sandbox alone, and ussd the gateway alone.</summary>
        public static readonly Channel[] Channels = [Channel.Sms, Channel.Telegram, Channel.Call, Channel.Whatsapp];

        private TestDatabase? _database;
        private HttpReceiver? _gateway;

        internal WorkerHost Host { get; private set; } = null!;

        internal Application Other { get; } = new()
        {
            Id = Guid.CreateVersion7(),
            Name = "other",
            Settings = new() { Limits = new() { SendsPerHour = 100_000, SendsPerDay = 100_000 } },
        };

        public async ValueTask InitializeAsync()
        {
            await using var broker = await Broker.ConnectAsync();
            await broker.ForgetTopologyAsync();
            _database = await MigratedDatabase.CreateAsync();
            _gateway = await HttpReceiver.StartAsync();
            var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Deliveries:MaxAttempts"] = "2",
                ["Deliveries:Channels:ussd:Provider"] = "gateway",
                ["Providers:gateway:Type"] = "http",
                ["Providers:gateway:Url"] = _gateway.Url,
                ["Providers:gateway:BreakerFailures"] = "1",
            };
            foreach (var channel in Channels)
            {
                var route = $"Deliveries:Channels:{channel.Text()}:Routes:0";
                (settings[$"{route}:Name"], settings[$"{route}:Providers:0"], settings[$"{route}:Providers:1"]) =
                    ("all", "sandbox", "gateway");
            }

            Host = new(_database, settings);
            await Host.StartAsync();
            await using var context = await Host.Services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
            context.Add(Other);
            await context.SaveChangesAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await _gateway!.DisposeAsync();
            await _database!.DisposeAsync();
        }
    }
}
