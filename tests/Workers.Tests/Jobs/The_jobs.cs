using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Providers.Sandbox;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Jobs;

/// <summary>On the real broker and database.</summary>
public sealed class The_jobs : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private WorkerHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        await using var broker = await Broker.ConnectAsync();
        await broker.ForgetTopologyAsync();
        _database = await MigratedDatabase.CreateAsync();
        _host = new(_database, new(StringComparer.Ordinal) { ["Jobs:PurgeInterval"] = "00:00:01" });
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Expire_what_is_past_its_time()
    {
        var otpId = await SentAsync();
        await _database.ExpireAsync(otpId);

        var otp = await _host.SettledAsync(otpId, o => o.Otp.Status == OtpStatus.Expired, "it is expired");

        otp.Otp.Reason.ShouldBe(OtpReason.NotVerified);
    }

    [Fact]
    public async Task End_the_lease_of_a_worker_that_is_gone_and_deliver_again()
    {
        var otpId = await SentAsync();
        await _database.ScalarAsync<object>(
            $"UPDATE deliveries SET status = 'SENDING', lease_until = clock_timestamp() - interval '1 s' WHERE otp_id = '{otpId}'");

        var otp = await _host.SettledAsync(
            otpId, o => o.Deliveries.Count == 2 && o.Deliveries[1].Status == DeliveryStatus.Sent, "the second attempt is sent");

        (otp.Deliveries[0].Status, otp.Deliveries[0].Reason).ShouldBe((DeliveryStatus.Unknown, "lease_ended"));
    }

    [Fact]
    public async Task Publish_again_a_work_command_that_was_lost()
    {
        var otpId = await SentAsync();

        // From nought: a start on a busy machine may have lost the first work command, too.
        await _database.ScalarAsync<object>(
            $"UPDATE deliveries SET status = 'QUEUED', publish_due_at = clock_timestamp(), republished = 0 WHERE otp_id = '{otpId}'");

        var otp = await _host.SettledAsync(otpId, o => o.Deliveries[0].Status == DeliveryStatus.Sent, "it is sent after all");

        otp.Deliveries.ShouldHaveSingleItem().Republished.ShouldBe(1);
    }

    [Fact]
    public async Task Purge_what_is_past_its_retention()
    {
        await SentAsync();
        await _database.ScalarAsync<object>("UPDATE sandbox_messages SET sent_at = sent_at - interval '1 day'");

        await Eventually.Until(
            async () => await _database.ScalarAsync<long>("SELECT count(*) FROM sandbox_messages") == 0, "the message is gone");
    }

    private async Task<Guid> SentAsync()
    {
        var otpId = await _host.RequestAsync(Channel.Sms, SandboxScripts.Recipient(SandboxScript.Deliver, RecipientKind.Phone));
        await _host.SettledAsync(otpId, o => o.Deliveries[0].Status == DeliveryStatus.Sent, "it is sent");
        return otpId;
    }
}
