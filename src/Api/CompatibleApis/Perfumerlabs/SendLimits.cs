using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>Limits sends per time window; stored with the application's other limits.</summary>
internal sealed partial class SendLimits(
    IDbContextFactory<OtpDbContext> contexts, ApplicationDirectory directory, TimeProvider time, ILogger<SendLimits> logger)
{
    private const int Tries = 20;

    /// <summary>The counters of a send: one of its recipient, and one of the remote address where the caller names one.</summary>
    public static IReadOnlyList<CountedSends> From(
        Application application, PerfumerlabsChannel channel, Recipient recipient, string? address)
    {
        var limits = application.Settings.Limits;
        var counted = recipient.Folded(limits.FoldPlusTags, limits.FoldDots);
        var perRecipient = new CountedSends(
            $"{channel.Place}:recipient:{counted}", Windows(application, channel.Channel, SendCount.PerRecipient),
            OtpErrors.RecipientWindowFull);
        return address is null
            ? [perRecipient]
            : [
                perRecipient,
                new(
                    $"{channel.Place}:ip:{address}", Windows(application, channel.Channel, SendCount.PerAddress),
                    OtpErrors.AddressWindowFull)];
    }

    /// <summary>The answer when a limit was reached, of this API or of the application.</summary>
    public static IResult Reached(PerfumerlabsChannel channel, OtpError error)
    {
        var name = error with { RetryAfter = null } == OtpErrors.AddressWindowFull ? "IP" : channel.Kind == RecipientKind.Chat ? "Chat" : channel.Kind.ToString();
        return PerfumerlabsAnswers.Refused($"{name} limit has been reached", code: $"{name.ToLowerInvariant()}_limit");
    }

    /// <summary>Replaces the given sets; others stay. Takes effect in this process at once, in others within seconds.</summary>
    public async Task ChangeAsync(Guid applicationId, IReadOnlyList<SendLimit> sets, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await TryChangeAsync(applicationId, sets, cancellationToken);
                break;
            }
            catch (DbUpdateConcurrencyException) when (tries < Tries)
            {
                // A concurrent change updated the application after it was read: read it again.
            }
        }

        Log.Changed(logger, applicationId, string.Join(", ", sets.Select(s => $"{s.Channel} {s.Count}")));
        await directory.RefreshAsync(cancellationToken);
    }

    private async Task TryChangeAsync(Guid applicationId, IReadOnlyList<SendLimit> sets, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var application = await context.Applications.SingleAsync(a => a.Id == applicationId, cancellationToken);
        var limits = application.Settings.Limits;
        var kept = limits.SendLimits.Where(l => !sets.Any(s => s.Channel == l.Channel && s.Count == l.Count));
        application.Settings =
            application.Settings with { Limits = limits with { SendLimits = [.. kept, .. sets.Where(s => s.Windows.Length > 0)] } };

        // Must increase even if clocks differ: two changes at one moment must have different values.
        var now = time.GetUtcNow().UtcDateTime;
        application.UpdatedAt = now > application.UpdatedAt.AddMilliseconds(1) ? now : application.UpdatedAt.AddMilliseconds(1);
        await context.SaveChangesAsync(cancellationToken);
    }

    private static IReadOnlyList<SendWindow> Windows(Application application, Channel channel, SendCount count) =>
        Array.Find(application.Settings.Limits.SendLimits, l => l.Channel == channel && l.Count == count)?.Windows ?? [];

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information, Message = "A caller of Perfumerlabs changed the limits of application {ApplicationId}: {Limits}")]
        public static partial void Changed(ILogger logger, Guid applicationId, string limits);
    }
}
