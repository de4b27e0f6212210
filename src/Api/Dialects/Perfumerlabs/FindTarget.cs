using System.Diagnostics;
using System.Globalization;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Dialects.Perfumerlabs;

/// <summary>GET /target: whose password this is; consumes it.</summary>
internal static class FindTarget
{
    public static async Task<IResult> HandleAsync(HttpContext http, PerfumerlabsCaller caller, OtpCheck check, TargetMisses misses, CancellationToken cancellationToken)
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

        if (fields.Value.Missing("password", "channel") is { } missing)
        {
            return PerfumerlabsAnswers.Refused(missing);
        }

        if (PerfumerlabsChannel.Find(fields.Value["channel"].Text) is not { } channel)
        {
            return PerfumerlabsAnswers.Refused("\"channel\" must be one of: sms, call, email, telegram");
        }

        var password = fields.Value["password"];
        if (password.Text is not { } text)
        {
            return PerfumerlabsAnswers.Refused("\"password\" must be a text");
        }

        if (misses.Reserve(out var wait) is not { } miss)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return PerfumerlabsAnswers.Refused("Too many wrong passwords in this minute", StatusCodes.Status429TooManyRequests);
        }

        var isMiss = false;
        try
        {
            var taken = await check.TakeAsync(application, channel.Place, text, Activity.Current?.Id, cancellationToken);
            if (taken.Refusal is not null && password.WasNumber)
            {
                // A number lost its leading zeros: codes that were made here have a known length.
                taken = await check.TakeAsync(application, channel.Place, text.PadLeft(TelegramCodes.LengthFor(application), '0'), Activity.Current?.Id, cancellationToken);
            }

            isMiss = taken.Refusal is not null;
            return isMiss ? PerfumerlabsAnswers.Wrong() : PerfumerlabsAnswers.Found(new(Target: taken.Value.TrimStart('+')));
        }
        finally
        {
            if (!isMiss)
            {
                misses.Release(miss);
            }
        }
    }
}
