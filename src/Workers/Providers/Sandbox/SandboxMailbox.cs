using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Gathering;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Workers.Providers.Sandbox;

/// <summary>Keeps what the sandbox would have sent, sealed; many messages share one insert.</summary>
public sealed class SandboxMailbox : IAsyncDisposable
{
    private readonly ISandboxStore _store;
    private readonly OtpSecrets _secrets;
    private readonly Gatherer<SandboxMessage, Guid> _gatherer;

    public SandboxMailbox(ISandboxStore store, OtpSecrets secrets, IOptions<GatheringOptions> gathering)
    {
        _store = store;
        _secrets = secrets;
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

            // When it was claimed: the last moment that is known by the database's clock, against which the retention is counted.
            SentAt = outgoing.Delivery.UpdatedAt,
        };
        return _gatherer.AddAsync(message, cancellationToken);
    }

    public ValueTask DisposeAsync() => _gatherer.DisposeAsync();

    private async Task<IReadOnlyList<Guid>> InsertAsync(IReadOnlyList<SandboxMessage> messages, CancellationToken cancellationToken)
    {
        await _store.InsertAsync(messages, cancellationToken);
        return [.. messages.Select(m => m.Id)];
    }
}
