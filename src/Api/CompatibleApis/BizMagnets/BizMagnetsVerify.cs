using System.Diagnostics;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.BizMagnets;

/// <summary>POST /otp/{otp_uid}/verifyOTP.</summary>
internal static class BizMagnetsVerify
{
    public static async Task<IResult> HandleAsync(
        string otpId, HttpContext http, OtpVerification verification, IOptions<BizMagnetsOptions> options,
        CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(
            http.Request, static json => (Number: BizMagnetsNumber.Read(json), Otp: JsonField.From(json, "otp")), cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ErrorResult(unreadable, BizMagnetsStatus.OfBody(unreadable));
        }

        var otp = body.Value.Otp;
        if ((BizMagnetsFields.Validate(otp, "otp") ?? body.Value.Number.Missing()) is { } missing)
        {
            return new ErrorResult(missing);
        }

        // An invalid phone number cannot be the number that the OTP was sent to.
        var number = body.Value.Number.Validate();
        var error = DashedId.TryParse(otpId, out var id) && number.Error is null
            ? (await verification.VerifyAsync(
                new(http.Caller().Application, id, new(otp.Text!, otp.WasNumber), TraceParent: Activity.Current?.Id) { Recipient = Recipient.From(number.Value) },
                cancellationToken)).Error
            : OtpErrors.NotFound;
        return error switch
        {
            null => BizMagnetsAnswers.Success(id, StatusCodes.Status200OK),

            // The PIN was not checked and may be right, so the answer must not call it wrong.
            { Group: ErrorKind.RateLimited } => new ErrorResult(error),
            _ when options.Value.DistinctStatuses => BizMagnetsAnswers.NotVerified(BizMagnetsStatus.OfVerification(error)),
            _ => BizMagnetsAnswers.NotVerified(),
        };
    }
}
