using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>GET /apps/TwoFactorAuth/incoming.php: a query, answered with one line, or with JSON for format=json.</summary>
internal static class GupshupIncoming
{
    public static async Task<IResult> HandleAsync(
        HttpContext http, GupshupAuthentication authentication, GupshupOtps otps, CancellationToken cancellationToken)
    {
        var fields = GupshupFields.OfQuery(http.Request);
        var shape = ShapeOf(fields);
        var (caller, refused) = await authentication.ByKeyAsync(http, shape, fields.Text("key"));
        if (caller is null)
        {
            return refused!;
        }

        var rules = GupshupRules.From(caller.Key!);
        if (RecipientOf(fields, rules) is not { } recipient)
        {
            return new GupshupResult(
                shape, fields.Has("phone") || !fields.Has("email") ? GupshupCodes.PhoneInvalid : GupshupCodes.EmailInvalid);
        }

        // An empty code is a wrong code: it must not send a message.
        return new GupshupResult(shape, fields.Has("code")
            ? await otps.VerifyAsync(caller.Application, recipient, fields["code"], cancellationToken)
            : await otps.SendAsync(caller.Application, rules, recipient, cancellationToken));
    }

    public static GupshupShape ShapeOf(GupshupFields fields) =>
        "json".Equals(fields.Text("format"), StringComparison.OrdinalIgnoreCase) ? GupshupShape.Json : GupshupShape.Line;

    /// <summary>The phone, or the e-mail address where the phone is missing.</summary>
    private static Recipient? RecipientOf(GupshupFields fields, GupshupRules rules)
    {
        if (fields.Text("phone") is not null)
        {
            return rules.Phone(fields["phone"]);
        }

        return !fields["phone"].Malformed && fields.Text("email") is { } email
            && EmailAddress.TryParse(email, out var address) ? Recipient.From(address) : null;
    }
}
