using System.Security.Cryptography;
using System.Text.Json;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.DeadLetters;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Outbox;

namespace OtpPipeline.Api.DeadLetters;

/// <summary>Lists, replays and discards dead letters.</summary>
internal sealed partial class DeadLetterService(
    IDbContextFactory<OtpDbContext> contexts,
    OtpSecrets secrets,
    MessageReplay replay,
    IOutboxStore outboxStore,
    IOutbox outbox,
    ILogger<DeadLetterService> logger)
{
    private const string Message = "message";
    private const string Outbox = "outbox";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Lists both kinds in one order, by the time at which each became a dead letter.</summary>
    public async Task<DeadLetterPage> ListAsync(string? queue, PageCursor? before, int limit, CancellationToken cancellationToken)
    {
        // No queue name contains NUL, and the database would fail on it.
        if (queue?.Contains('\0', StringComparison.Ordinal) == true)
        {
            return new([], null);
        }

        var (all, at, last) = (before is null, before?.At, before?.Id);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var letters = await context.Set<DeadLetter>().AsNoTracking()
            .Where(d => (queue == null || d.Queue == queue) && (all || d.CreatedAt < at || (d.CreatedAt == at && d.Id.CompareTo(last!.Value) < 0)))
            .OrderByDescending(d => d.CreatedAt).ThenByDescending(d => d.Id).Take(limit + 1)
            .Select(
                d => new { d.Id, d.Queue, d.MessageId, d.Reason, d.Headers, d.Size, Kept = d.Original != null, d.CreatedAt, d.ReplayedAt })
            .ToListAsync(cancellationToken);
        var rows = await context.Set<OutboxMessage>().AsNoTracking()
            .Where(m => m.ParkedAt != null && (queue == null || m.MessageType == queue) && (all || m.ParkedAt < at || (m.ParkedAt == at && m.Id.CompareTo(last!.Value) < 0)))
            .OrderByDescending(m => m.ParkedAt).ThenByDescending(m => m.Id).Take(limit + 1)
            .Select(m => new { m.Id, m.MessageType, m.LastError, Size = m.Body.Length, m.ParkedAt })
            .ToListAsync(cancellationToken);

        List<DeadLetterAnswer> items =
        [
            .. letters.Select(d => new DeadLetterAnswer(
                d.Id, Message, d.Queue, secrets.DecryptMessageId(d.Id, d.MessageId), d.Reason,
                JsonSerializer.Deserialize<Dictionary<string, string>>(d.Headers)!, d.Size, d.Kept, d.CreatedAt, d.ReplayedAt)),
            .. rows.Select(m => new DeadLetterAnswer(
                m.Id, Outbox, m.MessageType, m.Id.ToString(), m.LastError ?? "", new Dictionary<string, string>(StringComparer.Ordinal),
                m.Size, Replayable: true, m.ParkedAt!.Value, null)),
        ];
        var page = items.OrderByDescending(i => i.CreatedAt).ThenByDescending(i => i.Id.ToString(), StringComparer.Ordinal).Take(limit)
            .ToList();
        return new(page, items.Count > limit ? new PageCursor(page[^1].CreatedAt, page[^1].Id).ToString() : null);
    }

    /// <summary>Sends the dead letter again; null on success.</summary>
    public async Task<OtpError?> ReplayAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var letter = await context.Set<DeadLetter>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, cancellationToken);
        if (letter is null)
        {
            return await ReplayRowAsync(id, cancellationToken);
        }

        if (letter.Original is null)
        {
            return ApiErrors.DeadLetterNotKept;
        }

        OriginalMessage original;
        try
        {
            original = secrets.DecryptDeadLetter(letter);
        }
        catch (CryptographicException failure)
        {
            Log.NotOpened(logger, id, failure.GetType().Name);
            return ApiErrors.DeadLetterNotKept;
        }

        if (!await TrySendAsync(letter, original, cancellationToken))
        {
            return ApiErrors.BrokerAway;
        }

#pragma warning disable RS0030 // Inside a statement it is the database's clock.
        await context.Set<DeadLetter>().Where(d => d.Id == id)
            .ExecuteUpdateAsync(d => d.SetProperty(x => x.ReplayedAt, x => DateTime.UtcNow), CancellationToken.None);
#pragma warning restore RS0030
        Log.Replayed(logger, id, letter.Queue);
        return null;
    }

    /// <summary>Deletes the dead letter without sending it; null on success.</summary>
    public async Task<OtpError?> DiscardAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<DeadLetter>().Where(d => d.Id == id).ExecuteDeleteAsync(cancellationToken) > 0
            || await outboxStore.DiscardAsync([id], cancellationToken) > 0
            ? null
            : ApiErrors.PathNotFound;
    }

    private async Task<OtpError?> ReplayRowAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await outboxStore.ReplayAsync([id], cancellationToken) == 0)
        {
            return ApiErrors.PathNotFound;
        }

        outbox.Wake();
        Log.Replayed(logger, id, Outbox);
        return null;
    }

    private async Task<bool> TrySendAsync(DeadLetter letter, OriginalMessage original, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await replay.SendAsync(letter.Id, letter.Queue, original, patience.Token).WaitAsync(patience.Token);
            return true;
        }
        catch (Exception failure) when (
            failure is MassTransitException or RabbitMQ.Client.Exceptions.RabbitMQClientException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Log.NotSent(logger, letter.Id, failure.GetType().Name);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Dead letter {Id} was sent again to {Queue}")]
        public static partial void Replayed(ILogger logger, Guid id, string queue);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Dead letter {Id} could not be sent: {Kind}")]
        public static partial void NotSent(ILogger logger, Guid id, string kind);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Dead letter {Id} could not be opened: {Kind}")]
        public static partial void NotOpened(ILogger logger, Guid id, string kind);
    }
}
