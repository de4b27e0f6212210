using OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>GET /password: the last live password of a recipient, on any channel.</summary>
internal static class ReadPassword
{
    public static async Task<IResult> HandleAsync(
        HttpContext http, PerfumerlabsCaller caller, OtpReader reader, CancellationToken cancellationToken)
    {
        var (application, fields, refused) = await caller.ReadAsync(http, cancellationToken);
        if (application is null || fields is null)
        {
            return refused!;
        }

        if (fields.Missing("target") is { } missing)
        {
            return PerfumerlabsAnswers.Refused(missing);
        }

        // The same digits can be a phone number and a chat id.
        var target = fields["target"].Text;
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
