using System.Diagnostics;
using OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Otps.Verification;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>GET /target: finds the recipient of a password, and consumes the password.</summary>
internal static class FindTarget
{
    public static async Task<IResult> HandleAsync(
        HttpContext http, PerfumerlabsCaller caller, OtpCheck check, TargetMisses misses, CancellationToken cancellationToken)
    {
        var (application, fields, refused) = await caller.ReadAsync(http, cancellationToken);
        if (application is null || fields is null)
        {
            return refused!;
        }

        if (fields.Missing("password", "channel") is { } missing)
        {
            return PerfumerlabsAnswers.Refused(missing);
        }

        if (PerfumerlabsChannel.Find(fields["channel"].Text) is not { } channel)
        {
            return PerfumerlabsAnswers.Refused("\"channel\" must be one of: sms, call, email, telegram");
        }

        var password = fields["password"];
        if (password.Text is null)
        {
            return PerfumerlabsAnswers.Refused("\"password\" must be a text");
        }

        if (await misses.ReserveAsync(application, cancellationToken) is not { } miss)
        {
            http.Response.Headers.RetryAfter = "60";
            return PerfumerlabsAnswers.Refused("Too many wrong passwords in this minute", StatusCodes.Status429TooManyRequests);
        }

        if (await TakeAsync(check, application, channel, password, cancellationToken) is not { } target)
        {
            return PerfumerlabsAnswers.Wrong();
        }

        await misses.ReleaseAsync(application, miss);
        return PerfumerlabsAnswers.Found(new(Target: target.TrimStart('+')));
    }

    /// <summary>The recipient; null for a miss.</summary>
    private static async Task<string?> TakeAsync(
        OtpCheck check, Application application, PerfumerlabsChannel channel, JsonField password, CancellationToken cancellationToken)
    {
        var taken = await check.TakeAsync(application, channel.Place, password.Text!, Activity.Current?.Id, cancellationToken);
        if (taken.Error is not null && password.WasNumber)
        {
            // JSON numbers lose leading zeros; codes that this service made have a known length.
            taken = await check.TakeAsync(
                application, channel.Place, password.Text!.PadLeft(TelegramCodes.LengthFor(application), '0'), Activity.Current?.Id,
                cancellationToken);
        }

        return taken.Error is null ? taken.Value : null;
    }
}
