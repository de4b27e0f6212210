namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>POST /sm/api/ent/sms/2fa/...: forms, answered with JSON.</summary>
internal static class GupshupTwoFactor
{
    public static async Task<IResult> SendAsync(
        HttpContext http, GupshupAuthentication authentication, GupshupOtps otps, CancellationToken cancellationToken)
    {
        var fields = await GupshupFields.OfBodyAsync(http.Request, cancellationToken);
        var (caller, refused) = await authentication.ByApiKeyAsync(http, fields.Text("key"));
        if (caller is null)
        {
            return refused!;
        }

        var rules = GupshupRules.From(caller.Key!);
        return Answer(rules.Phone(fields["phone"]) is { } recipient
            ? await otps.SendAsync(caller.Application, rules, recipient, cancellationToken)
            : GupshupCodes.PhoneInvalid);
    }

    public static async Task<IResult> VerifyAsync(
        HttpContext http, GupshupAuthentication authentication, GupshupOtps otps, CancellationToken cancellationToken)
    {
        var fields = await GupshupFields.OfBodyAsync(http.Request, cancellationToken);
        var (caller, refused) = await authentication.ByApiKeyAsync(http, fields.Text("key"));
        if (caller is null)
        {
            return refused!;
        }

        return Answer(GupshupRules.From(caller.Key!).Phone(fields["phone"]) is { } recipient
            ? await otps.VerifyAsync(caller.Application, recipient, fields["code"], cancellationToken)
            : GupshupCodes.PhoneInvalid);
    }

    public static async Task<IResult> ChangeMessageAsync(
        HttpContext http, GupshupAuthentication authentication, GupshupMessages messages, CancellationToken cancellationToken)
    {
        var fields = await GupshupFields.OfBodyAsync(http.Request, cancellationToken);
        var (caller, refused) = await authentication.ByApiKeyAsync(http, fields.Text("key"));
        if (caller is null)
        {
            return refused!;
        }

        if (fields["message"].Text is not { } message || !GupshupRules.IsMessage(message))
        {
            return Answer(GupshupCodes.MessageInvalid);
        }

        return Answer(
            await messages.ChangeAsync(caller.Key!.Id, message, cancellationToken) ? GupshupCodes.MessageChanged : GupshupCodes.WrongKey);
    }

    private static GupshupResult Answer(GupshupOutcome outcome) => new(GupshupShape.Json, outcome);
}
