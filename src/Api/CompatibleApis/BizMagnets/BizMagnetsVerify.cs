using System.Diagnostics;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.BizMagnets;

/// <summary>POST /otp/{otp_uid}/verifyOTP.</summary>
internal static class BizMagnetsVerify
{
    public static async Task<IResult> HandleAsync(
        string otpId, HttpContext http, OtpVerification verification, IOptions<BizMagnetsOptions> options, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(http.Request, static json => (Number: BizMagnetsNumber.Read(json), Otp: DraftField.Of(json, "otp")), cancellationToken);
        if (body.Refusal is { } unreadable)
        {
            return new ErrorResult(unreadable, BizMagnetsStatus.OfBody(unreadable));
        }

        var otp = body.Value.Otp;
        if ((BizMagnetsFields.Judge(otp, "otp") ?? body.Value.Number.Missing()) is { } missing)
        {
            return new ErrorResult(missing);
        }

        // What is no phone number is not the one that the OTP was sent to, either.
        var number = body.Value.Number.Judge();
        var refusal = DashedId.TryParse(otpId, out var id) && number.Refusal is null
            ? (await verification.VerifyAsync(
                new(http.Caller().Application, id, new(otp.Text!, otp.WasNumber), TraceParent: Activity.Current?.Id) { Recipient = Recipient.Of(number.Value) },
                cancellationToken)).Refusal
            : Refusals.NotFound;
        return refusal switch
        {
            null => BizMagnetsAnswers.Success(id, StatusCodes.Status200OK),

            // Not evaluated, so it may be right: that is no verdict.
            { Kind: ErrorKind.RateLimited } => new ErrorResult(refusal),
            _ when options.Value.DistinctStatuses => BizMagnetsAnswers.NotVerified(BizMagnetsStatus.OfVerification(refusal)),
            _ => BizMagnetsAnswers.NotVerified(),
        };
    }
}
