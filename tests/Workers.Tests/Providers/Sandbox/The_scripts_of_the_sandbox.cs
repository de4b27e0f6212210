using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Workers.Providers.Sandbox;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Providers.Sandbox;

/// <summary>From the intake to the outcome, on the real broker and database.</summary>
public sealed class The_scripts_of_the_sandbox(
    The_scripts_of_the_sandbox.Running running) : IClassFixture<The_scripts_of_the_sandbox.Running>
{
    [Theory]
    [InlineData(Channel.Sms)]
    [InlineData(Channel.Email)]
    [InlineData(Channel.Telegram)]
    [InlineData(Channel.Call)]
    [InlineData(Channel.Whatsapp)]
    [InlineData(Channel.Ussd)]
    public async Task Delivered_on_every_channel(Channel channel)
    {
        var otpId = await running.Host.RequestAsync(channel, SandboxScripts.Recipient(SandboxScript.Deliver, KindOf(channel)));

        var otp = await running.Host.SettledAsync(otpId, o => o.Deliveries[0].Status == DeliveryStatus.Sent, $"the {channel} is sent");

        otp.Otp.Status.ShouldBe(OtpStatus.Pending);
        otp.Deliveries.ShouldHaveSingleItem().ProviderMessageId.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_was_sent_is_kept_sealed_and_opens_to_the_message()
    {
        var otpId = await running.Host.RequestAsync(Channel.Sms, "+15005550042");
        await running.Host.SettledAsync(otpId, o => o.Deliveries[0].Status == DeliveryStatus.Sent, "it is sent");
        var secrets = running.Host.Services.GetRequiredService<OtpSecrets>();
        var otp = (await running.Host.ReadAsync(otpId))!.Otp;

        await using var context = await running.Host.Services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
        var message = await context.SandboxMessages.SingleAsync(m => m.RecipientHash == otp.RecipientHash);
        var content = secrets.DecryptSandbox(message);

        content.Channel.ShouldBe("sms");
        content.Recipient.ShouldBe("+15005550042");
        content.Text.ShouldBe($"Your PIN is {content.Pin}");
        System.Text.Encoding.Latin1.GetString(message.Content).ShouldNotContain(content.Pin);
    }

    [Fact]
    public async Task Refused_ends_the_otp_as_undeliverable()
    {
        var otpId = await running.Host.RequestAsync(Channel.Sms, SandboxScripts.Recipient(SandboxScript.Refuse, RecipientKind.Phone));

        var otp = await running.Host.SettledAsync(otpId, o => o.Otp.Status == OtpStatus.Failed, "the OTP fails");

        otp.Otp.Reason.ShouldBe(OtpReason.Undeliverable);
        var delivery = otp.Deliveries.ShouldHaveSingleItem();
        (delivery.Status, delivery.Reason).ShouldBe((DeliveryStatus.Failed, "refused"));
    }

    [Fact]
    public async Task Throttled_twice_is_sent_at_the_third_attempt()
    {
        var otpId = await running.Host.RequestAsync(
            Channel.Whatsapp, SandboxScripts.Recipient(SandboxScript.Throttle, RecipientKind.Phone));

        var otp = await running.Host.SettledAsync(
            otpId, o => o.Deliveries.Any(d => d.Status == DeliveryStatus.Sent), "the third attempt is sent");

        otp.Deliveries.Select(d => (d.Attempt, d.Status, d.Reason)).ShouldBe(
            [(1, DeliveryStatus.Failed, "throttled"), (2, DeliveryStatus.Failed, "throttled"), (3, DeliveryStatus.Sent, null)]);
    }

    [Fact]
    public async Task Throttled_for_some_seconds_is_sent_at_the_second_attempt_after_them_on_every_channel()
    {
        var otps = await Task.WhenAll(Channels.All.Select(
            c => running.Host.RequestAsync(c, SandboxScripts.Recipient(SandboxScript.ThrottleFor, KindOf(c), seconds: 2))));

        foreach (var otpId in otps)
        {
            var otp = await running.Host.SettledAsync(
                otpId, o => o.Deliveries.Any(d => d.Status == DeliveryStatus.Sent), "the second attempt is sent");

            otp.Deliveries.Select(d => (d.Attempt, d.Status, d.Reason)).ShouldBe(
                [(1, DeliveryStatus.Failed, "throttled"), (2, DeliveryStatus.Sent, null)]);
            (otp.Deliveries[1].DueAt - otp.Deliveries[1].CreatedAt).ShouldBe(TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public async Task An_outage_fails_each_attempt_on_every_channel()
    {
        var otps = await Task.WhenAll(Channels.All.Select(
            c => running.Host.RequestAsync(c, SandboxScripts.Recipient(SandboxScript.Fail, KindOf(c)))));

        foreach (var otpId in otps)
        {
            var otp = await running.Host.SettledAsync(
                otpId, o => o.Deliveries.Count(d => d.Status == DeliveryStatus.Failed) >= 2, "two attempts failed");

            otp.Deliveries.Take(2).Select(d => (d.Attempt, d.Round, d.Provider, d.Status, d.Reason)).ShouldBe(
                [(1, 1, "sandbox", DeliveryStatus.Failed, "unavailable"), (2, 2, "sandbox", DeliveryStatus.Failed, "unavailable")]);
            otp.Otp.Status.ShouldBe(OtpStatus.Pending);
        }
    }

    [Fact]
    public async Task Slow_is_sent_after_three_seconds()
    {
        var otpId = await running.Host.RequestAsync(Channel.Email, SandboxScripts.Recipient(SandboxScript.Slow, RecipientKind.Email));

        var otp = await running.Host.SettledAsync(otpId, o => o.Deliveries[0].Status == DeliveryStatus.Sent, "it is sent");

        (otp.Deliveries[0].UpdatedAt - otp.Otp.CreatedAt).ShouldBeGreaterThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Hanging_is_unknown_at_the_time_out_and_tried_again_while_its_channel_goes_on()
    {
        var hanging = await running.Host.RequestAsync(Channel.Ussd, SandboxScripts.Recipient(SandboxScript.Hang, RecipientKind.Phone));
        var other = await running.Host.RequestAsync(Channel.Sms, SandboxScripts.Recipient(SandboxScript.Deliver, RecipientKind.Phone));

        await running.Host.SettledAsync(other, o => o.Deliveries[0].Status == DeliveryStatus.Sent, "another channel sends");
        var otp = await running.Host.SettledAsync(hanging, o => o.Deliveries.Count > 1, "there is a second attempt");

        (otp.Deliveries[0].Status, otp.Deliveries[0].Reason).ShouldBe((DeliveryStatus.Unknown, "timeout"));
    }

    [Fact]
    public async Task A_lost_answer_is_unknown_and_its_message_sent_twice()
    {
        var otpId = await running.Host.RequestAsync(
            Channel.Telegram, SandboxScripts.Recipient(SandboxScript.LoseAnswer, RecipientKind.Chat));

        var otp = await running.Host.SettledAsync(
            otpId, o => o.Deliveries.Any(d => d.Status == DeliveryStatus.Sent), "the second attempt is sent");

        otp.Deliveries.Select(d => (d.Status, d.Reason))
            .ShouldBe([(DeliveryStatus.Unknown, "connection_lost"), (DeliveryStatus.Sent, null)]);
        await using var context = await running.Host.Services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
        (await context.SandboxMessages.CountAsync(m => m.RecipientHash == otp.Otp.RecipientHash)).ShouldBe(2);
    }

    [Theory]
    [InlineData(SandboxScript.Receive, Channel.Sms)]
    [InlineData(SandboxScript.ReceiveTwice, Channel.Email)]
    [InlineData(SandboxScript.Read, Channel.Telegram)]
    [InlineData(SandboxScript.Lose, Channel.Call)]
    [InlineData(SandboxScript.LoseAfter, Channel.Telegram)]
    [InlineData(SandboxScript.ReceiveEarly, Channel.Whatsapp)]
    public async Task Receipts_make_one_change_each_in_the_order_of_the_script(SandboxScript script, Channel channel)
    {
        string[] expected = script switch
        {
            SandboxScript.Read => ["SENT", "DELIVERED", "READ"],
            SandboxScript.Lose or SandboxScript.LoseAfter => ["SENT", "UNDELIVERED"],
            SandboxScript.ReceiveEarly => ["DELIVERED"],
            _ => ["SENT", "DELIVERED"],
        };
        var otpId = await running.Host.RequestAsync(channel, SandboxScripts.Recipient(script, KindOf(channel)));

        var otp = await running.Host.SettledAsync(
            otpId, o => o.Otp.Sequence == 1 + expected.Length && o.Deliveries[0].ProviderMessageId is not null, "the receipts came");

        await using var context = await running.Host.Services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
        var changes = await context.Changes.Where(c => c.OtpId == otpId && c.Sequence > 1).OrderBy(c => c.Sequence).ToListAsync();
        changes.Select(c => c.Status).ShouldBe(expected);
        changes.Select(c => c.Sequence).ShouldBe(Enumerable.Range(2, expected.Length).Select(i => (long)i));
        var delivery = otp.Deliveries.ShouldHaveSingleItem();
        delivery.Reason.ShouldBe(expected[^1] == "UNDELIVERED" ? "absent" : null);
        delivery.SentAt.ShouldBe(changes[0].OccurredAt);
        (delivery.DeliveredAt is not null, delivery.ReadAt is not null)
            .ShouldBe((expected[^1] != "UNDELIVERED", script == SandboxScript.Read));
        otp.Otp.Status.ShouldBe(OtpStatus.Pending);
    }

    private static RecipientKind KindOf(Channel channel) => channel switch
    {
        Channel.Email => RecipientKind.Email,
        Channel.Telegram => RecipientKind.Chat,
        _ => RecipientKind.Phone,
    };

    public sealed class Running : IAsyncLifetime
    {
        private TestDatabase? _database;

        internal WorkerHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await using var broker = await Broker.ConnectAsync();
            await broker.ForgetTopologyAsync();
            _database = await MigratedDatabase.CreateAsync();
            Host = new(_database, new(StringComparer.Ordinal) { ["Deliveries:Channels:ussd:Timeout"] = "00:00:01" });
            await Host.StartAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await _database!.DisposeAsync();
        }
    }
}
