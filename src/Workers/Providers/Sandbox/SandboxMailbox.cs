using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OtpPipeline.Core;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Gathering;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Workers.Providers.Sandbox;

/// <summary>Keeps what the sandbox would have sent, sealed; many messages share one insert.</summary>
public sealed class SandboxMailbox : IAsyncDisposable
{
    private readonly IDbContextFactory<OtpDbContext> _contexts;
    private readonly OtpSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly Gatherer<SandboxMessage, Guid> _gatherer;

    public SandboxMailbox(IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, IOptions<GatheringOptions> gathering, TimeProvider time)
    {
        _contexts = contexts;
        _secrets = secrets;
        _time = time;
        _gatherer = new(InsertAsync, StoreFailures.IsOutage, gathering.Value.Writers, gathering.Value.MaxBatch);
    }

    /// <summary>Answers with the message's id once it is stored.</summary>
    public Task<Guid> KeepAsync(OutgoingDelivery outgoing, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var content = new SandboxContent(outgoing.Delivery.Channel.Text(), outgoing.Details.Recipient, outgoing.Text, outgoing.Pin.Reveal());
        var message = new SandboxMessage
        {
            Id = id,
            ApplicationId = outgoing.ApplicationId,
            RecipientHash = outgoing.RecipientHash,
            Content = _secrets.SealSandbox(id, content),
            // The host's clock, not the database's: it orders what a developer looks at and ends a retention of minutes, nothing else.
            SentAt = _time.GetUtcNow().UtcDateTime,
        };
        return _gatherer.AddAsync(message, cancellationToken);
    }

    public ValueTask DisposeAsync() => _gatherer.DisposeAsync();

    private async Task<IReadOnlyList<Guid>> InsertAsync(IReadOnlyList<SandboxMessage> messages, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        context.SandboxMessages.AddRange(messages);
        await context.SaveChangesAsync(cancellationToken);
        return [.. messages.Select(m => m.Id)];
    }
}
