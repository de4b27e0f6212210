using System.Diagnostics;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.BizMagnets;

/// <summary>POST /otp/{otp_config_uid}/sendOTP.</summary>
internal static class BizMagnetsSend
{
    public static readonly OtpError ConfigUnknown = new(ErrorKind.NotFound, "not_found", "The application has no such OTP config");
    private static readonly JsonField WhatsApp = new(EnumText<Channel>.Lower(Channel.Whatsapp));
    private static readonly JsonField AnySender = new("WhatsApp");
    private static readonly JsonField Numbers = new(EnumText<PinType>.Lower(PinType.Numbers));

    public static async Task<IResult> HandleAsync(
        string config, HttpContext http, ApplicationDirectory directory, OtpIntake intake, CancellationToken cancellationToken)
    {
        var application = http.Caller().Application;
        if (await directory.FindAsync(IdentifierKind.BizmagnetsConfig, config, cancellationToken) is not { } found
            || found.Application.Id != application.Id)
        {
            return new ErrorResult(ConfigUnknown);
        }

        var body = await JsonBody.ReadAsync(
            http.Request, static json => (Number: BizMagnetsNumber.Read(json), Name: JsonField.From(json, "name")), cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ErrorResult(unreadable, BizMagnetsStatus.OfBody(unreadable));
        }

        var number = body.Value.Number.Validate();
        if (number.Error is { } wrong)
        {
            return new ErrorResult(wrong);
        }

        var settings = application.Settings;
        var request = new OtpRequest
        {
            Channel = WhatsApp,
            PhoneNumber = new(number.Value.E164),
            Name = body.Value.Name,
            Template = new(found.Identifier.Setting("text")),

            // An authentication message has the business account as sender. Callers of this API have no fields for what the application
            // leaves to the request.
            From = settings.From is null ? AnySender : default,
            PinType = settings.PinType is null ? Numbers : default,
        };
        var otp = await intake.RequestAsync(request, new(application, TraceParent: Activity.Current?.Id), cancellationToken);
        return otp.Error is { } error
            ? new ErrorResult(error, BizMagnetsStatus.OfRequest(error))
            : BizMagnetsAnswers.Success(otp.Value.Otp.Id, StatusCodes.Status201Created);
    }
}
