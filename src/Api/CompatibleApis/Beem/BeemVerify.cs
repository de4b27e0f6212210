using System.Diagnostics;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Verification;

namespace OtpPipeline.Api.CompatibleApis.Beem;

/// <summary>POST /v1/verify.</summary>
internal static class BeemVerify
{
    public static async Task<IResult> HandleAsync(
        HttpContext http, ApplicationDirectory directory, RequestAdmission admission, OtpVerification verification,
        CancellationToken cancellationToken)
    {
        var (application, refused) = await BeemCaller.FindAsync(http, directory, admission);
        if (application is null)
        {
            return refused!;
        }

        var (pinId, pin) = await BeemBody.ReadAsync(http.Request, "pinId", "pin", cancellationToken);
        var status = directory.IdentifiersOf(application.Id, IdentifierKind.BeemApp).Any(i => i.Setting("forbiddenOnRefusal") is "true")
            ? StatusCodes.Status403Forbidden
            : StatusCodes.Status200OK;
        if (string.IsNullOrEmpty(pinId.Text))
        {
            return BeemAnswers.Refused(BeemCodes.PinIdMissing, status);
        }

        if (string.IsNullOrEmpty(pin.Text))
        {
            return BeemAnswers.Refused(BeemCodes.PinMissing, status);
        }

        if (!DashedId.TryParse(pinId.Text, out var id))
        {
            return BeemAnswers.Refused(BeemCodes.PinIdNotFound, status);
        }

        var answer = await verification.VerifyAsync(
            new(application, id, new(pin.Text, pin.WasNumber), TraceParent: Activity.Current?.Id), cancellationToken);
        return answer.Error switch
        {
            null => BeemAnswers.Valid(),
            { Group: ErrorKind.RateLimited } tooMany => new ErrorResult(tooMany),
            var error => BeemAnswers.Refused(BeemCodes.OfVerification(error), status),
        };
    }
}
