using OtpPipeline.Api.CompatibleApis.Beem;
using OtpPipeline.Api.CompatibleApis.BizMagnets;
using OtpPipeline.Api.CompatibleApis.Gupshup;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Tests.CompatibleApis;

/// <summary>Where the native API tells limits and failures apart, these APIs answer as their vendors do.</summary>
public sealed class One_code_for_every_limit_and_failure
{
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);

    public static TheoryData<int> Limits => new(OtpErrorsOf().Select(e => e.Code));

    [Theory]
    [MemberData(nameof(Limits))]
    public void A_limit_is_a_limit(int code)
    {
        var error = OtpErrorsOf().Single(e => e.Code == code);

        GupshupCodes.OfSending(error).ShouldBe(GupshupCodes.TooSoon);
        GupshupCodes.OfVerification(error).ShouldBe(GupshupCodes.AttemptsExceeded);
        BizMagnetsStatus.OfRequest(error).ShouldBe(429);
        error.Group.ShouldBe(ErrorKind.RateLimited);
    }

    [Fact]
    public void An_OTP_that_failed_has_failed()
    {
        GupshupCodes.OfVerification(OtpErrors.Undeliverable).ShouldBe(GupshupCodes.OfVerification(OtpErrors.HasFailed));
        BeemCodes.OfVerification(OtpErrors.Undeliverable).ShouldBe(BeemCodes.OfVerification(OtpErrors.HasFailed));
        BizMagnetsStatus.OfVerification(OtpErrors.Undeliverable).ShouldBe(BizMagnetsStatus.OfVerification(OtpErrors.HasFailed));
    }

    private static OtpError[] OtpErrorsOf() =>
        [OtpErrors.TooSoon(Wait), OtpErrors.TooManyInAnHour(Wait), OtpErrors.TooManyInADay(Wait), OtpErrors.CoolingOff(Wait)];
}
