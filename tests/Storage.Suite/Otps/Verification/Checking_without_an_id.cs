using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Storage.Suite.Otps.Verification;

public sealed class Checking_without_an_id(SuiteHost host) : StorageSpec(host)
{
    private const string Place = "suite";

    [Fact]
    public async Task By_recipient_succeeds_once()
    {
        var application = await ApplicationAsync();
        var (lookup, otpId) = await LookedUpAsync(application);
        var pin = await Process.PinAsync(otpId);

        ((await CheckAsync(application, lookup, OtpSteps.Wrong(pin)))?.Kind).ShouldBe(ErrorKind.WrongPin);
        var answers = await RaceAsync(
            4, p => p.Get<OtpCheck>().CheckAsync(application, lookup, new(pin), traceParent: null, CancellationToken.None), each: 2);

        answers.Count(e => e is null).ShouldBe(1);
        answers.Count(e => e == OtpErrors.NotFound).ShouldBe(7);
        (await Process.ReadAsync(application, otpId)).Otp.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task By_recipient_counts_a_wrong_guess_at_each_live_OTP()
    {
        var application = await ApplicationAsync();
        var (lookup, first) = await LookedUpAsync(application);
        var (_, second) = await LookedUpAsync(application, lookup);

        // Eight digits, where a PIN has six.
        ((await CheckAsync(application, lookup, "00000000"))?.Kind).ShouldBe(ErrorKind.WrongPin);

        (await Process.ReadAsync(application, first)).Otp.Attempts.ShouldBe(1);
        (await Process.ReadAsync(application, second)).Otp.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task By_PIN_tells_the_recipient_once()
    {
        var application = await ApplicationAsync();
        var phone = Recipients.Next();
        var options = new RequestOptions(application) { Pin = "739152", FindPinIn = Place };
        await Process.RequestAsync(options, new { phoneNumber = phone });
        var check = Get<OtpCheck>();
        (await check.IsLiveAsync(application, Place, "739152", CancellationToken.None)).ShouldBeTrue();

        var answers = await RaceAsync(
            4, p => p.Get<OtpCheck>().TakeAsync(application, Place, "739152", traceParent: null, CancellationToken.None), each: 2);

        answers.Where(a => a.Error is null).Select(a => a.Value).ShouldBe([phone]);
        answers.Count(a => a.Error == OtpErrors.NotFound).ShouldBe(7);
        (await check.IsLiveAsync(application, Place, "739152", CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Finds_no_OTP_that_has_ended()
    {
        var application = await ApplicationAsync();
        var (lookup, otpId) = await LookedUpAsync(application);
        var pin = await Process.PinAsync(otpId);
        await Process.ExpireAsync(otpId);

        (await CheckAsync(application, lookup, pin)).ShouldBe(OtpErrors.NotFound);
        (await Get<OtpReader>().FindLastPinAsync(application, [lookup], CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Reads_the_newest_OTP_and_PIN_of_a_recipient()
    {
        var application = await ApplicationAsync();
        var (lookup, _) = await LookedUpAsync(application);
        var (_, newest) = await LookedUpAsync(application, lookup);
        var elsewhere = lookup with { Place = "elsewhere" };

        var last = await Get<OtpResend>().FindLastAsync(application, lookup, CancellationToken.None);
        var pin = await Get<OtpReader>().FindLastPinAsync(application, [elsewhere, lookup], CancellationToken.None);

        last.ShouldBe(new LastOtp(newest, OtpStatus.Pending, null));
        pin.ShouldBe(await Process.PinAsync(newest));
        (await Get<OtpResend>().FindLastAsync(application, elsewhere, CancellationToken.None)).ShouldBeNull();
        await Process.ExpireAsync(newest);
        (await Get<OtpResend>().FindLastAsync(application, lookup, CancellationToken.None))
            .ShouldBe(new LastOtp(newest, OtpStatus.Expired, null));
    }

    private Task<OtpError?> CheckAsync(Application application, OtpLookup lookup, string guess) =>
        Get<OtpCheck>().CheckAsync(application, lookup, new(guess), traceParent: null, CancellationToken.None);

    private async Task<(OtpLookup Lookup, Guid OtpId)> LookedUpAsync(Application application, OtpLookup? lookup = null)
    {
        lookup ??= new(Place, Recipient.FromStored(RecipientKind.Phone, Recipients.Next(), "FR"));
        var answer = await Process.RequestAsync(
            new(application) { Lookup = lookup }, new { phoneNumber = lookup.Recipient.Address });
        return (lookup, answer.Value.Otp.Id);
    }
}
