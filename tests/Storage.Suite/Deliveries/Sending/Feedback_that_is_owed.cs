using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Storage.Suite.Deliveries.Sending;

/// <summary>A provider wants to know whether its message led to a verification.</summary>
public sealed class Feedback_that_is_owed(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Is_stored_with_the_verification_and_ends_once_it_is_told()
    {
        var application = await ApplicationAsync();
        var otpId = await VerifiedAsync(application);

        (await CommandsAsync(otpId)).ShouldBe(1);
        var owed = (await FindAsync(application, otpId)).ShouldNotBeNull();
        (owed.Message.Provider, owed.Message.Verified, owed.Attempt).ShouldBe((SuiteProcess.Gateway, true, 1));
        await Get<DeliveryFeedback>().EndAsync(otpId, CancellationToken.None);

        (await FindAsync(application, otpId)).ShouldBeNull();
        (await RowAsync(otpId)).ShouldBeNull();
    }

    [Fact]
    public async Task Is_owed_by_no_other_application()
    {
        var otpId = await VerifiedAsync(await ApplicationAsync());

        (await FindAsync(await ApplicationAsync(), otpId)).ShouldBeNull();
    }

    [Fact]
    public async Task Is_put_off_once_for_each_attempt()
    {
        var application = await ApplicationAsync();
        var otpId = await VerifiedAsync(application);

        await RaceAsync(
            4, p => p.Get<DeliveryFeedback>().PostponeAsync(otpId, 2, TimeSpan.FromMinutes(5), traceParent: null, CancellationToken.None));

        (await RowAsync(otpId)).ShouldNotBeNull().Attempt.ShouldBe(2);
        (await CommandsAsync(otpId)).ShouldBe(2);
        (await FindAsync(application, otpId)).ShouldBeNull("its pause is not over");
    }

    [Fact]
    public async Task Is_published_again_once_where_its_command_is_lost()
    {
        var application = await ApplicationAsync();
        var (lost, kept) = (await VerifiedAsync(application), await VerifiedAsync(application));
        await Process.PublishedAsync(lost);
        var past = (await Process.ClockAsync()).AddSeconds(-1);
        await Process.QueryAsync(db => db.Set<PendingFeedback>().Where(f => f.OtpId == lost || f.OtpId == kept)
            .ExecuteUpdateAsync(set => set.SetProperty(f => f.DueAt, past)));

        var found = await RaceAsync(4, p => p.Get<DeliveryFeedback>().RepublishAsync(100, CancellationToken.None));

        found.Sum().ShouldBe(2);
        (await RowAsync(lost))!.Republished.ShouldBe(1);
        (await CommandsAsync(lost)).ShouldBe(1);
        (await RowAsync(kept))!.Republished.ShouldBe(0, "the outbox has its command still");
        (await CommandsAsync(kept)).ShouldBe(1);
        (await FindAsync(application, lost)).ShouldNotBeNull();
    }

    private async Task<Guid> VerifiedAsync(Application application)
    {
        var otpId = await Process.OtpAsync(application, Channel.Whatsapp);
        await Process.SendAsync(otpId, Channel.Whatsapp, messageId: $"m-{otpId}");
        (await Process.VerifyAsync(application, otpId, await Process.PinAsync(otpId))).Error.ShouldBeNull();
        return otpId;
    }

    private Task<OwedFeedback?> FindAsync(Application application, Guid otpId) =>
        Get<DeliveryFeedback>().FindAsync(new(otpId, application.Id), isReplay: false, CancellationToken.None);

    private Task<PendingFeedback?> RowAsync(Guid otpId) =>
        Process.QueryAsync(db => db.Set<PendingFeedback>().AsNoTracking().SingleOrDefaultAsync(f => f.OtpId == otpId));

    private async Task<int> CommandsAsync(Guid otpId) =>
        (await Process.MessagesAsync(otpId)).Count(m => m.MessageType == DeliveryFeedback.Command);
}
