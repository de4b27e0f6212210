using System.Diagnostics;
using OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;
using OtpPipeline.Core.Otps.Verification;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>GET /sms/check and the like: checks a password.</summary>
/// <remarks>True consumes the password; false counts as a guess against every live password of the recipient on that channel.</remarks>
internal static class CheckCode
{
    public static async Task<IResult> HandleAsync(
        PerfumerlabsChannel channel, HttpContext http, PerfumerlabsCaller caller, OtpCheck check, CancellationToken cancellationToken)
    {
        var (application, fields, refused) = await caller.ReadAsync(http, cancellationToken);
        if (application is null || fields is null)
        {
            return refused!;
        }

        if (fields.Missing(channel.Field, "password") is { } missing)
        {
            return PerfumerlabsAnswers.Refused(missing);
        }

        if (channel.RecipientOf(fields, out var wrong) is not { } recipient)
        {
            return PerfumerlabsAnswers.Refused(wrong);
        }

        var password = fields["password"];
        if (password.Text is not { } text)
        {
            return PerfumerlabsAnswers.Refused("\"password\" must be a text");
        }

        var error = await check.CheckAsync(
            application, channel.LookupOf(recipient), new(text, password.WasNumber), Activity.Current?.Id, cancellationToken);
        return error is null ? PerfumerlabsAnswers.Done() : PerfumerlabsAnswers.Wrong();
    }
}
