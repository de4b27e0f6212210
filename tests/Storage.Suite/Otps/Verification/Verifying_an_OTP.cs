using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Verification;

namespace OtpPipeline.Storage.Suite.Otps.Verification;

public sealed class Verifying_an_OTP(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Succeeds_once_of_32_right_guesses_at_once()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);
        var pin = await Process.PinAsync(otpId);

        var answers = await RaceAsync(4, p => p.VerifyAsync(application, otpId, pin), each: 8);

        answers.Count(a => a.Error is null).ShouldBe(1);
        answers.Count(a => a.Error == OtpErrors.AlreadyVerified).ShouldBe(31);
        var otp = (await Process.ReadAsync(application, otpId)).Otp;
        (otp.Status, otp.Attempts).ShouldBe((OtpStatus.Verified, 0));
        (await Process.ChangesAsync(otpId)).Count(c => c.Kind == OtpChangeKind.Status).ShouldBe(1);
        (await Process.QueryAsync(db => db.Pins.AnyAsync(p => p.OtpId == otpId))).ShouldBeFalse();
    }

    [Fact]
    public async Task Counts_each_wrong_guess_beside_right_ones()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application, new { phoneNumber = Recipients.Next(), maxAttempts = 10 });
        var pin = await Process.PinAsync(otpId);
        var processes = Processes(4);

        var answers = await AtOnceAsync(Enumerable.Range(0, 32).Select(i => (Func<Task<VerifyAnswer>>)(
            () => processes[i % 4].VerifyAsync(application, otpId, i < 9 ? OtpSteps.Wrong(pin) : pin))));

        answers.Count(a => a.Error is null).ShouldBe(1);
        var otp = (await Process.ReadAsync(application, otpId)).Otp;
        (otp.Status, otp.Attempts).ShouldBe((OtpStatus.Verified, answers.Count(a => a.Error?.Kind == ErrorKind.WrongPin)));
    }

    [Fact]
    public async Task Fails_with_the_last_attempt_and_takes_none_after_it()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application, new { phoneNumber = Recipients.Next(), maxAttempts = 3 });
        var pin = await Process.PinAsync(otpId);

        var answers = await RaceAsync(4, p => p.VerifyAsync(application, otpId, OtpSteps.Wrong(pin)), each: 4);

        answers.CountBy(a => a.Error!.Kind).OrderBy(c => c.Key).Select(c => (c.Key, c.Value))
            .ShouldBe([(ErrorKind.Failed, 13), (ErrorKind.LastAttemptFailed, 1), (ErrorKind.WrongPin, 2)]);
        var otp = (await Process.ReadAsync(application, otpId)).Otp;
        (otp.Status, otp.Reason, otp.Attempts).ShouldBe((OtpStatus.Failed, OtpReason.MaxAttempts, 3));
        (await Process.VerifyAsync(application, otpId, pin)).Error.ShouldBe(OtpErrors.HasFailed);
    }

    [Fact]
    public async Task Never_succeeds_after_its_end()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);
        var pin = await Process.PinAsync(otpId);
        await Process.ExpireAsync(otpId);

        (await Process.VerifyAsync(application, otpId, pin)).Error.ShouldBe(OtpErrors.PinExpired);

        (await Process.ReadAsync(application, otpId)).Otp.Status.ShouldBe(OtpStatus.Expired);
        (await Process.VerifyAsync(application, otpId, pin)).Error.ShouldBe(OtpErrors.HasExpired);
    }

    [Fact]
    public async Task Answers_a_repeated_submission_as_before_and_counts_it_once()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);
        var pin = await Process.PinAsync(otpId);

        var wrong = await RaceAsync(4, p => p.VerifyAsync(application, otpId, OtpSteps.Wrong(pin), "first"), each: 2);
        var right = await RaceAsync(4, p => p.VerifyAsync(application, otpId, pin, "second"), each: 2);

        var refused = OtpErrors.WrongPin with { AttemptsRemaining = 4 };
        wrong.ShouldAllBe(a => a.Error == refused);
        right.ShouldAllBe(a => a.Error == null);
        (await Process.ReadAsync(application, otpId)).Otp.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Cools_a_recipient_off_over_all_its_OTPs()
    {
        var application = await LimitedAsync(l => l with { FailedGuesses = 3 });
        var fields = new { phoneNumber = Recipients.Next() };
        Guid[] otps = [await Process.OtpAsync(application, fields), await Process.OtpAsync(application, fields)];
        foreach (var otpId in new[] { otps[0], otps[1], otps[0] })
        {
            await Process.VerifyAsync(application, otpId, OtpSteps.Wrong(await Process.PinAsync(otpId)));
        }

        var answer = await Process.VerifyAsync(application, otps[1], await Process.PinAsync(otps[1]));

        (answer.Error?.Kind).ShouldBe(ErrorKind.CoolingOff);
        (await Process.ReadAsync(application, otps[1])).Otp.Attempts.ShouldBe(1);
        ((await Process.RequestAsync(new(application), fields)).Error?.Kind).ShouldBe(ErrorKind.CoolingOff);
    }

    [Fact]
    public async Task Forgets_wrong_guesses_of_the_recipient_when_it_succeeds()
    {
        var application = await LimitedAsync(l => l with { FailedGuesses = 3 });
        var otpId = await Process.OtpAsync(application);
        var pin = await Process.PinAsync(otpId);
        await Process.VerifyAsync(application, otpId, OtpSteps.Wrong(pin));

        await Process.VerifyAsync(application, otpId, pin);

        (await Process.QueryAsync(db => db.Set<RecipientHistory>().SingleAsync(h => h.ApplicationId == application.Id))).FailedGuesses
            .ShouldBe(0);
    }
}
