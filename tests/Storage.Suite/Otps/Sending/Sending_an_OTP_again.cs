using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Storage.Suite.Otps.Sending;

public sealed class Sending_an_OTP_again(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Adds_an_attempt_with_the_same_PIN_and_counts_it()
    {
        var application = await ApplicationAsync();
        var otpId = await SentAsync(application);
        var pin = await Process.PinAsync(otpId);

        (await ResendAsync(Process, application, otpId)).Error.ShouldBeNull();

        var deliveries = (await Process.ReadAsync(application, otpId)).Deliveries;
        deliveries.Select(d => (d.Step, d.Attempt, d.IsResend)).ShouldBe([(1, 1, false), (1, 2, true)]);
        (await Process.PinAsync(otpId)).ShouldBe(pin);
        (await HistoryAsync(application)).Sends.Length.ShouldBe(2);
    }

    [Theory]
    [InlineData(ResendPolicy.New, false)]
    [InlineData(ResendPolicy.NewWithGrace, true)]
    public async Task With_a_new_PIN_sends_that_and_takes_the_one_before_with_grace_only(ResendPolicy policy, bool takesBefore)
    {
        var application = await ApplicationAsync(s => s with { ResendPolicy = policy });
        var otpId = await SentAsync(application);
        var before = await Process.PinAsync(otpId);

        (await ResendAsync(Process, application, otpId)).Error.ShouldBeNull();

        var pin = await Process.PinAsync(otpId);
        pin.ShouldNotBe(before);
        Get<DeliveryClaims>().Decrypt(await Process.ClaimedAsync(otpId)).Pin.Reveal().ShouldBe(pin);
        (await Process.QueryAsync(db => db.Pins.CountAsync(p => p.OtpId == otpId))).ShouldBe(takesBefore ? 2 : 1);
        ((await Process.VerifyAsync(application, otpId, before)).Error?.Kind).ShouldBe(takesBefore ? null : ErrorKind.WrongPin);
        (await Process.VerifyAsync(application, otpId, pin)).Error.ShouldBe(takesBefore ? OtpErrors.AlreadyVerified : null);
    }

    [Fact]
    public async Task Adds_one_attempt_for_commands_that_come_at_once()
    {
        var application = await ApplicationAsync();
        var otpId = await SentAsync(application);

        var answers = await RaceAsync(4, p => ResendAsync(p, application, otpId), each: 2);

        answers.ShouldAllBe(a => a.Error == null);
        (await Process.ReadAsync(application, otpId)).Deliveries.Count(d => d.IsResend).ShouldBe(1);
    }

    [Fact]
    public async Task Answers_a_repeated_submission_as_before()
    {
        var application = await ApplicationAsync();
        var otpId = await SentAsync(application);
        (await ResendAsync(Process, application, otpId, "once")).Error.ShouldBeNull();
        await Process.SendAsync(otpId);

        (await ResendAsync(Process, application, otpId, "once")).Error.ShouldBeNull();

        (await Process.ReadAsync(application, otpId)).Deliveries.Count.ShouldBe(2);
        (await HistoryAsync(application)).Sends.Length.ShouldBe(2);
    }

    [Fact]
    public async Task Spends_as_the_first_send_did_and_stops_at_the_limit()
    {
        var application = await LimitedAsync(l => l with { SpendingPerDay = 0.2m });
        var otpId = await SentAsync(application, Channel.Call);
        (await ResendAsync(Process, application, otpId)).Error.ShouldBeNull();
        await Process.SendAsync(otpId, Channel.Call);

        (await ResendAsync(Process, application, otpId)).Error.ShouldBe(OtpErrors.SpendingLimit);

        (await Process.QueryAsync(db => db.Set<ApplicationSpending>().SingleAsync(s => s.ApplicationId == application.Id))).Spent
            .ShouldBe(0.2m);
        (await Process.ReadAsync(application, otpId)).Deliveries.Count.ShouldBe(2);
    }

    private static Task<SendingAnswer> ResendAsync(
        SuiteProcess process, Application application, Guid otpId, string? submissionId = null) =>
        process.Get<OtpResend>().ResendAsync(new(application, otpId, submissionId), CancellationToken.None);

    private async Task<Guid> SentAsync(Application application, Channel channel = Channel.Sms)
    {
        var otpId = await Process.OtpAsync(application, channel);
        await Process.SendAsync(otpId, channel);
        return otpId;
    }

    private Task<RecipientHistory> HistoryAsync(Application application) =>
        Process.QueryAsync(db => db.Set<RecipientHistory>().SingleAsync(h => h.ApplicationId == application.Id));
}
