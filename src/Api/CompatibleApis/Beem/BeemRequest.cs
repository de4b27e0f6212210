using System.Diagnostics;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.Beem;

/// <summary>POST /v1/request.</summary>
internal static class BeemRequest
{
    private const int LongestAppId = 9;

    public static async Task<IResult> HandleAsync(
        HttpContext http, ApplicationDirectory directory, RequestAdmission admission, OtpIntake intake, CancellationToken cancellationToken)
    {
        var (application, refused) = await BeemCaller.FindAsync(http, directory, admission);
        if (application is null)
        {
            return refused!;
        }

        var (appId, msisdn) = Ordered(await BeemBody.ReadAsync(http.Request, "appId", "msisdn", cancellationToken));
        if (string.IsNullOrEmpty(appId.Text))
        {
            return BeemAnswers.Refused(BeemCodes.ApplicationMissing);
        }

        if (await directory.FindAsync(IdentifierKind.BeemApp, appId.Text, cancellationToken) is not { } app
            || app.Application.Id != application.Id)
        {
            return BeemAnswers.Refused(BeemCodes.ApplicationNotFound);
        }

        if (application.Settings.Plan is [var channel, ..] && !channel.TakesPhoneNumber())
        {
            return BeemAnswers.Refused(BeemCodes.NoChannel);
        }

        var request =
            new OtpRequest { PhoneNumber = msisdn.PhoneText is { Length: > 0 } digits ? new(PhoneNumber.WithPlus(digits)) : msisdn };
        var otp = await intake.RequestAsync(request, new(application, TraceParent: Activity.Current?.Id), cancellationToken);
        return otp.Error switch
        {
            null => BeemAnswers.Sent(otp.Value.Otp.Id, otp.Value.Otp.Ttl),
            { Group: ErrorKind.RateLimited } tooMany => new ErrorResult(tooMany),
            var error => BeemAnswers.Refused(BeemCodes.OfRequest(error)),
        };
    }

    /// <summary>Swaps the two fields if needed: Beem's samples have them in the wrong order.</summary>
    /// <remarks>An application's number is short; a phone number is not.</remarks>
    private static (JsonField AppId, JsonField Msisdn) Ordered((JsonField AppId, JsonField Msisdn) fields) =>
        fields.AppId.Text?.Length > LongestAppId
            && fields.Msisdn.Text?.Length is > 0 and <= LongestAppId ? (fields.Msisdn, fields.AppId) : fields;
}
