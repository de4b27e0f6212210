using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Verification;

public class Verifying_and_cancelling
{
    private readonly StoreInMemory _store = new();
    private readonly Application _application = Some.Application(new ApplicationLimits { FailedGuesses = 3 });

    [Fact]
    public async Task Verifies_once_and_recognises_the_retry_of_a_lost_answer()
    {
        var id = _store.Add(Some.Locked()).Otp.Id;

        (await VerifyAsync(id, "123456", "first")).ShouldBeNull();
        (await VerifyAsync(id, "123456", "first")).ShouldBeNull();
        (await VerifyAsync(id, "123456", "second")).ShouldBe(OtpErrors.AlreadyVerified);
        (await VerifyAsync(id, "123456", null)).ShouldBe(OtpErrors.AlreadyVerified);
        (await VerifyAsync(id, "654321", "first")).ShouldBe(OtpErrors.AlreadyVerified, "another PIN is another submission");
        _store.Messages.ShouldHaveSingleItem().MessageType.ShouldBe("status");
    }

    [Fact]
    public async Task Does_not_take_a_submission_without_an_id_for_the_retry_of_another_one()
    {
        var id = _store.Add(Some.Locked()).Otp.Id;

        (await VerifyAsync(id, "123456", null)).ShouldBeNull();
        (await VerifyAsync(id, "123456", null)).ShouldBe(OtpErrors.AlreadyVerified);
    }

    [Fact]
    public async Task Judges_submissions_of_one_batch_one_after_the_other()
    {
        var id = _store.Add(Some.Locked(maxAttempts: 2)).Otp.Id;
        await using var verification = new OtpVerification(
            _store, _store, Some.Secrets, FeedbackProviders.None, Options.Create(Some.OtpOptions("k1")),
            Options.Create(new BatchingOptions()));

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => verification.VerifyAsync(new(_application, id, new("000000")), CancellationToken.None)));

        answers.Select(a => a.Error!.Code).Order().ShouldBe([.. Enumerable.Repeat(2026, 18), 2027, 2029]);
    }

    [Fact]
    public async Task Carries_wrong_guesses_over_to_the_next_OTP_of_the_recipient()
    {
        var history = Some.History();
        var first = _store.Add(Some.Locked(history: history)).Otp.Id;
        var second = _store.Add(Some.Locked(history: history)).Otp.Id;

        await VerifyAsync(first, "0");
        await VerifyAsync(second, "0");
        history.FailedGuesses.ShouldBe(2);
        await VerifyAsync(first, "0");

        var error = (await VerifyAsync(second, "123456")).ShouldNotBeNull();
        (error.Code, error.RetryAfter).ShouldBe((2124, TimeSpan.FromHours(24)));
        _store.Otps[second].Otp.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Ends_the_row_of_wrong_guesses_with_a_right_one()
    {
        var history = Some.History();
        var otp = _store.Add(Some.Locked(history: history)).Otp.Id;

        await VerifyAsync(otp, "0");
        await VerifyAsync(otp, "123456");

        history.FailedGuesses.ShouldBe(0);
        _store.Saved[^1].Histories.ShouldBe([history]);
    }

    [Fact]
    public async Task Finds_nothing_of_another_application()
    {
        var id = _store.Add(Some.Locked()).Otp.Id;
        var stranger = Some.Application(id: Guid.CreateVersion7());

        (await VerifyAsync(id, "123456", application: stranger)).ShouldBe(OtpErrors.NotFound);
        (await CancelAsync(id, application: stranger)).ShouldBe(OtpErrors.NotFound);
        _store.Otps[id].Otp.Status.ShouldBe(OtpStatus.Pending);
    }

    [Fact]
    public async Task Cancels_once()
    {
        var id = _store.Add(Some.Locked()).Otp.Id;

        (await CancelAsync(id)).ShouldBeNull();
        (await CancelAsync(id)).ShouldBe(OtpErrors.AlreadyCancelled);
        (await VerifyAsync(id, "123456")).ShouldBe(OtpErrors.WasCancelled);
        _store.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Expires_what_is_past_its_time_and_nothing_else()
    {
        var late = _store.Add(Some.Locked()).Otp;
        var verified = _store.Add(Some.Locked(OtpStatus.Verified)).Otp;
        _store.Now = late.ExpiresAt;

        (await new OtpExpiry(_store, _store, Some.Secrets, FeedbackProviders.None).ExpireAsync(10, CancellationToken.None)).ShouldBe(1);
        (await new OtpExpiry(_store, _store, Some.Secrets, FeedbackProviders.None).ExpireAsync(10, CancellationToken.None)).ShouldBe(0);

        (late.Status, late.Reason, verified.Status).ShouldBe((OtpStatus.Expired, OtpReason.NeverSent, OtpStatus.Verified));
        _store.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Counts_a_guess_with_an_id_once_and_answers_it_alike_even_when_the_otp_is_final()
    {
        var id = _store.Add(Some.Locked(maxAttempts: 2)).Otp.Id;

        (await VerifyAsync(id, "000000", "first")).ShouldBe(OtpErrors.WrongPin with { AttemptsRemaining = 1 });
        (await VerifyAsync(id, "000000", "first")).ShouldBe(OtpErrors.WrongPin with { AttemptsRemaining = 1 });
        _store.Otps[id].Otp.Attempts.ShouldBe(1);
        (await VerifyAsync(id, "000000", "second")).ShouldBe(OtpErrors.LastAttemptFailed with { AttemptsRemaining = 0 });
        (await VerifyAsync(id, "000000", "second")).ShouldBe(OtpErrors.LastAttemptFailed with { AttemptsRemaining = 0 });
        (await VerifyAsync(id, "000000", "first")).ShouldBe(OtpErrors.WrongPin with { AttemptsRemaining = 1 });
        (await VerifyAsync(id, "111111", "first")).ShouldBe(OtpErrors.HasFailed, "another PIN is another submission");
    }

    [Fact]
    public async Task Recognises_the_retry_of_a_cancellation()
    {
        var id = _store.Add(Some.Locked()).Otp.Id;

        (await CancelAsync(id, "first")).ShouldBeNull();
        (await CancelAsync(id, "first")).ShouldBeNull();
        (await CancelAsync(id, "second")).ShouldBe(OtpErrors.AlreadyCancelled);
    }

    [Fact]
    public async Task Recognises_a_retry_for_as_long_as_any_idempotency_key()
    {
        var (verified, cancelled) = (_store.Add(Some.Locked()).Otp.Id, _store.Add(Some.Locked()).Otp.Id);
        (await VerifyAsync(verified, "123456", "first")).ShouldBeNull();
        (await CancelAsync(cancelled, "first")).ShouldBeNull();
        var end = _store.Now + TimeSpan.FromHours(24);

        _store.Now = end - TimeSpan.FromMilliseconds(1);
        (await VerifyAsync(verified, "123456", "first")).ShouldBeNull();
        (await CancelAsync(cancelled, "first")).ShouldBeNull();

        _store.Now = end;
        (await VerifyAsync(verified, "123456", "first")).ShouldBe(OtpErrors.AlreadyVerified);
        (await CancelAsync(cancelled, "first")).ShouldBe(OtpErrors.AlreadyCancelled);
    }

    [Fact]
    public async Task Puts_the_answer_of_an_endpoint_into_the_commit_whatever_it_is()
    {
        var id = _store.Add(Some.Locked()).Otp.Id;
        await using var verification = new OtpVerification(
            _store, _store, Some.Secrets, FeedbackProviders.None, Options.Create(Some.OtpOptions("k1")),
            Options.Create(new BatchingOptions()));
        VerifyCommand Guess(Guid otp, string pin) => new(_application, otp, new(pin))
        {
            Announce = (batch, answer) => batch.Publish(new Contracts.OtpRequested(otp, $"{answer.Error?.Code}", 1)),
        };

        await verification.VerifyAsync(Guess(Guid.CreateVersion7(), "1"), CancellationToken.None);
        await verification.VerifyAsync(Guess(id, "1"), CancellationToken.None);
        await verification.VerifyAsync(Guess(id, "123456"), CancellationToken.None);

        _store.Messages.Where(m => m.MessageType == "work").Select(m => Some.Json(m).GetProperty("channel").GetString())
            .ShouldBe(["2021", "2029", ""]);
    }

    private async Task<OtpError?> CancelAsync(Guid id, string? submission = null, Application? application = null)
    {
        await using var cancellation = new OtpCancellation(
            _store, _store, Some.Secrets, FeedbackProviders.None, Options.Create(Some.OtpOptions("k1")),
            Options.Create(new BatchingOptions()));
        return (await cancellation.CancelAsync(new(application ?? _application, id, submission), CancellationToken.None)).Error;
    }

    private async Task<OtpError?> VerifyAsync(Guid id, string pin, string? submission = null, Application? application = null)
    {
        await using var verification = new OtpVerification(
            _store, _store, Some.Secrets, FeedbackProviders.None, Options.Create(Some.OtpOptions("k1")),
            Options.Create(new BatchingOptions()));
        return (await verification.VerifyAsync(new(application ?? _application, id, new(pin), submission), CancellationToken.None)).Error;
    }
}
