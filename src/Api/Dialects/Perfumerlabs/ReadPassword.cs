using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Dialects.Perfumerlabs;

/// <summary>GET /password: the last live password of a recipient, on whatever channel.</summary>
internal static class ReadPassword
{
    public static async Task<IResult> HandleAsync(HttpContext http, PerfumerlabsCaller caller, OtpReader reader, CancellationToken cancellationToken)
    {
        var (application, refused) = await caller.FindAsync(http);
        if (application is null)
        {
            return refused!;
        }

        var fields = await PerfumerlabsFields.ReadAsync(http.Request, cancellationToken);
        if (fields.Refusal is { } unreadable)
        {
            return PerfumerlabsAnswers.Refused(unreadable.Message);
        }

        if (fields.Value.Missing("target") is { } missing)
        {
            return PerfumerlabsAnswers.Refused(missing);
        }

        // The same digits can be a phone number and a chat.
        var target = fields.Value["target"].Text;
        var lookups = PerfumerlabsChannel.All
            .Select(c => c.RecipientOf(target) is { } recipient ? c.LookupOf(recipient) : null)
            .OfType<OtpLookup>().ToList();
        if (lookups.Count == 0)
        {
            return PerfumerlabsAnswers.Refused("\"target\" must be a phone number, an e-mail address or a Telegram chat id");
        }

        return await reader.FindLastPinAsync(application, lookups, cancellationToken) is { } password
            ? PerfumerlabsAnswers.Found(new(Password: password))
            : PerfumerlabsAnswers.Wrong();
    }
}
