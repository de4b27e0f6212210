using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Suite.Deliveries.Sending;

public sealed class Claiming_a_delivery(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Is_granted_to_one_of_many_processes()
    {
        var otps = await Process.OtpsAsync(await ApplicationAsync(), 10);
        var turn = 0;

        var claimed = await RaceAsync(4, async process =>
        {
            // Two of the processes ask in the opposite order.
            var order = Interlocked.Increment(ref turn) % 2 == 0 ? otps : Enumerable.Reverse(otps);
            return await process.Get<DeliveryClaims>().ClaimAsync(
                [.. order.Select(o => (OtpSteps.Hint(o), ProviderChoice.Sandbox))], CancellationToken.None);
        });

        claimed.SelectMany(c => c).OfType<ClaimedDelivery>().Select(c => c.Delivery.OtpId).ShouldBe(otps, ignoreOrder: true);
    }

    [Fact]
    public async Task Brings_all_that_sending_needs()
    {
        var application = await ApplicationAsync();
        var phone = Recipients.Next();
        var otpId = await Process.OtpAsync(application, new { phoneNumber = phone });

        var claimed = await Process.ClaimedAsync(otpId);

        var delivery = claimed.Delivery;
        (delivery.Status, delivery.Provider, delivery.Step, delivery.Attempt)
            .ShouldBe((DeliveryStatus.Sending, ProviderChoice.Sandbox, 1, 1));
        (claimed.ApplicationId, claimed.ExpiresAt)
            .ShouldBe((application.Id, (await Process.ReadAsync(application, otpId)).Otp.ExpiresAt));
        delivery.LeaseUntil.ShouldNotBeNull().ShouldBeInRange(delivery.UpdatedAt.AddSeconds(29), delivery.UpdatedAt.AddSeconds(30));
        var outgoing = Get<DeliveryClaims>().Decrypt(claimed);
        outgoing.Details.Recipient.ShouldBe(phone);
        outgoing.Pin.Reveal().ShouldBe(await Process.PinAsync(otpId));
        (await Process.ReadAsync(application, otpId)).Deliveries.Single().Status.ShouldBe(DeliveryStatus.Sending);
    }

    [Theory]
    [InlineData(Channel.Email, 1, DeliveryRoute.Default, "")]
    [InlineData(Channel.Sms, 2, DeliveryRoute.Default, "")]
    [InlineData(Channel.Sms, 1, "another", "")]
    [InlineData(Channel.Sms, 1, DeliveryRoute.Default, "another")]
    public async Task Is_refused_to_a_command_that_names_another_one(Channel channel, int step, string route, string tried)
    {
        var otpId = await Process.OtpAsync(await ApplicationAsync());

        (await Process.ClaimAsync(new(otpId, channel, step, route, tried))).ShouldBeNull();

        (await Process.ClaimAsync(OtpSteps.Hint(otpId))).ShouldNotBeNull();
    }

    [Fact]
    public async Task Waits_for_its_time()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);
        var busy = new SendOutcome.ProviderFailed("unavailable", TimeSpan.FromMinutes(1));
        await Process.ReportAsync(await Process.ClaimedAsync(otpId), busy);

        (await Process.ClaimAsync(OtpSteps.Hint(otpId))).ShouldBeNull();

        (await Process.ReadAsync(application, otpId)).Deliveries.Select(d => d.Status)
            .ShouldBe([DeliveryStatus.Failed, DeliveryStatus.Queued]);
    }

    [Fact]
    public async Task Is_refused_right_before_the_end_of_the_OTP_and_after_it()
    {
        var application = await ApplicationAsync();
        var (ending, verified) = (await Process.OtpAsync(application), await Process.OtpAsync(application));
        await Process.ExpireAsync(ending);
        await Process.VerifyAsync(application, verified, await Process.PinAsync(verified));

        (await Process.ClaimAsync(OtpSteps.Hint(ending))).ShouldBeNull();
        (await Process.ClaimAsync(OtpSteps.Hint(verified))).ShouldBeNull();
    }

    [Fact]
    public async Task Sees_what_another_transaction_did_to_its_OTP_meanwhile()
    {
        var otpId = await Process.OtpAsync(await ApplicationAsync());
        var other = Processes(2)[1];
        Task<ClaimedDelivery?> claiming;
        await using (var unit = await Get<IOtpStore>().BeginAsync(CancellationToken.None))
        {
            var outgoing = Get<IOutbox>().NewBatch();
            var locked = await unit.LockAsync([otpId], submissions: false, CancellationToken.None);
            var changes = new OtpChanges(outgoing, locked.Now, Process.Secrets);
            changes.Move(locked.Otps[otpId], OtpRules.Cancel(locked.Otps[otpId].State, locked.Now).State);
            claiming = Task.Run(() => other.Get<DeliveryClaims>().ClaimAloneAsync(OtpSteps.Hint(otpId), ProviderChoice.Sandbox));
            await Process.UntilWaitingAsync();
            await unit.SaveAsync(changes, outgoing.Messages, CancellationToken.None);
        }

        (await claiming).ShouldBeNull();
    }
}
