using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Storage.Suite.Otps.Verification;

public sealed class Cancelling_an_OTP(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Succeeds_once_and_stops_what_was_not_sent()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);

        var answers = await RaceAsync(4, p => p.CancelAsync(application, otpId), each: 2);

        answers.Count(a => a.Error is null).ShouldBe(1);
        answers.Count(a => a.Error == OtpErrors.AlreadyCancelled).ShouldBe(7);
        var reading = await Process.ReadAsync(application, otpId);
        (reading.Otp.Status, reading.Otp.Sequence, reading.Deliveries[0].Status)
            .ShouldBe((OtpStatus.Cancelled, 3L, DeliveryStatus.Suppressed));
    }

    [Fact]
    public async Task Answers_a_repeated_submission_as_before()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);

        (await RaceAsync(4, p => p.CancelAsync(application, otpId, "once"), each: 2)).ShouldAllBe(a => a.Error == null);
    }

    [Fact]
    public async Task Or_verifying_it_succeeds_where_both_come_at_once()
    {
        var application = await ApplicationAsync();
        var processes = Processes(2);
        foreach (var otpId in await Process.OtpsAsync(application, 8))
        {
            var pin = await Process.PinAsync(otpId);

            var errors = await AtOnceAsync(new Func<Task<OtpError?>>[]
            {
                async () => (await processes[0].CancelAsync(application, otpId)).Error,
                async () => (await processes[1].VerifyAsync(application, otpId, pin)).Error,
            });

            var isCancelled = errors[0] is null;
            errors.ShouldBe(isCancelled ? [null, OtpErrors.WasCancelled] : [OtpErrors.NotPending, null]);
            (await Process.ReadAsync(application, otpId)).Otp.Status.ShouldBe(isCancelled ? OtpStatus.Cancelled : OtpStatus.Verified);
        }
    }

    [Fact]
    public async Task Is_for_its_own_application()
    {
        var (owner, other) = (await ApplicationAsync(), await ApplicationAsync());
        var otpId = await Process.OtpAsync(owner);

        (await Process.CancelAsync(other, otpId)).Error.ShouldBe(OtpErrors.NotFound);
        (await Process.CancelAsync(owner, Guid.CreateVersion7())).Error.ShouldBe(OtpErrors.NotFound);

        (await Process.ReadAsync(owner, otpId)).Otp.Status.ShouldBe(OtpStatus.Pending);
    }
}
