using System.Text.Json;
using OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>POST /limit/sms, /limit/call and /limit/email.</summary>
internal static class ChangeLimits
{
    private const int MaxWindows = 10;
    private const int MaxMinutes = 10_080;
    private const int MaxRate = 100_000;

    public static async Task<IResult> HandleAsync(
        PerfumerlabsChannel channel, HttpContext http, PerfumerlabsCaller caller, SendLimits limits, CancellationToken cancellationToken)
    {
        var (application, fields, refused) = await caller.ReadAsync(http, cancellationToken);
        if (application is null || fields is null)
        {
            return refused!;
        }

        var sets = new List<SendLimit>();
        foreach (var (name, count) in new[] { ("ips", SendCount.PerAddress), (channel.Limits!, SendCount.PerRecipient) })
        {
            if (fields.Raw(name) is not { } value)
            {
                continue;
            }

            if (Read(value) is not { } windows)
            {
                return PerfumerlabsAnswers.Refused(
                    $"\"{name}\" must be a list of at most 10 objects with \"minutes\" from 1 to 10080 and \"rate\" from 1 to 100000");
            }

            sets.Add(new(channel.Channel, count, windows));
        }

        if (sets.Count > 0)
        {
            await limits.ChangeAsync(application.Id, sets, cancellationToken);
        }

        return PerfumerlabsAnswers.Done();
    }

    /// <summary>The windows of a set; null where one of them is invalid.</summary>
    private static SendWindow[]? Read(JsonElement set)
    {
        if (set.ValueKind != JsonValueKind.Array || set.GetArrayLength() > MaxWindows)
        {
            return null;
        }

        var windows = new List<SendWindow>();
        foreach (var item in set.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object
                || JsonField.From(item, "minutes").WholeFrom(1, MaxMinutes) is not { } minutes
                || JsonField.From(item, "rate").WholeFrom(1, MaxRate) is not { } rate)
            {
                return null;
            }

            windows.Add(new(minutes, rate));
        }

        return [.. windows];
    }
}
