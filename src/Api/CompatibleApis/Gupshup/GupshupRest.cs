using System.Globalization;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>GET and POST /GatewayAPI/rest with method=TWO_FACTOR_AUTH: answered with a line, XML or JSON.</summary>
internal static class GupshupRest
{
    private const string Method = "TWO_FACTOR_AUTH";

    public static async Task<IResult> HandleAsync(
        HttpContext http, ApplicationDirectory directory, GupshupAuthentication authentication, GupshupOtps otps,
        CancellationToken cancellationToken)
    {
        var fields = HttpMethods.IsPost(http.Request.Method)
            ? await GupshupFields.OfBodyAsync(http.Request, cancellationToken)
            : GupshupFields.OfQuery(http.Request);
        var format = ShapeOf(fields);
        var shape = format ?? GupshupShape.RestLine;

        // A refusal outside this handler needs the format too, even when only the body names it.
        http.Features.Set(new GupshupFormat(shape));
        var (caller, refused) = await authentication.ByUserAsync(http, shape, fields.Text("userid"), fields["password"].Text);
        if (caller is null)
        {
            return refused!;
        }

        if (format is null || !Method.Equals(fields.Text("method"), StringComparison.OrdinalIgnoreCase))
        {
            return new GupshupResult(shape, GupshupCodes.ParameterInvalid);
        }

        var rules = GupshupRules.From(caller.Application, [.. directory.IdentifiersOf(caller.Application.Id, IdentifierKind.GupshupKey)]);
        if (rules.Phone(fields["phone_no"]) is not { } recipient)
        {
            return new GupshupResult(shape, GupshupCodes.PhoneInvalid);
        }

        var phone = recipient.Address.TrimStart('+');
        if (fields.Text("otp_code") is not null || (fields.Has("otp_code") && !fields.Has("msg")))
        {
            return new GupshupResult(
                shape, await otps.VerifyAsync(caller.Application, recipient, fields["otp_code"], cancellationToken), phone: phone);
        }

        if (fields["msg"].Text is not { } message || !GupshupRules.IsMessage(message))
        {
            return new GupshupResult(shape, GupshupCodes.MessageInvalid);
        }

        return CodeOf(fields, rules.Code) is { } code
            ? new GupshupResult(
                shape,
                await otps.SendAsync(caller.Application, rules with { Message = message, Code = code }, recipient, cancellationToken),
                phone: phone)
            : new GupshupResult(shape, GupshupCodes.ParameterInvalid);
    }

    /// <summary>The format; a line where the request names none, null for an unknown one.</summary>
    public static GupshupShape? ShapeOf(GupshupFields fields) =>
        fields["format"].Malformed ? null : fields.Text("format")?.ToUpperInvariant() switch
    {
        null or "TEXT" => GupshupShape.RestLine,
        "XML" => GupshupShape.RestXml,
        "JSON" => GupshupShape.RestJson,
        _ => null,
    };

    /// <summary>The code's policy from the request, with defaults from the rules; null where a field is invalid.</summary>
    private static PinPolicy? CodeOf(GupshupFields fields, PinPolicy usual)
    {
        var length = usual.Length;
        if (fields["otpCodeLength"].Malformed
            || (fields.Text("otpCodeLength") is { } digits
                && (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out length) || !OptionRules.PinLength.Allows(length))))
        {
            return null;
        }

        if (fields["otpCodeType"].Malformed)
        {
            return null;
        }

        return fields.Text("otpCodeType")?.ToUpperInvariant() switch
        {
            // A short code from the few characters of the rules could be guessed.
            null => Guarded(usual with { Length = length }),
            "NUMERIC" => new(PinType.Numbers, length),
            "ALPHABETIC" => new(PinType.Letters, length),
            "ALPHANUMERIC" => new(PinType.Alphanumeric, length),
            _ => null,
        };
    }

    private static PinPolicy? Guarded(PinPolicy policy) => policy.Codes >= IdentifierRules.FewestCodes ? policy : null;
}
