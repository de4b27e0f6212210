using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Workers.Providers.Sandbox;

/// <summary>Keeps what the sandbox would have sent, encrypted; many messages share one insert.</summary>
public sealed class SandboxMailbox : IAsyncDisposable
{
    private readonly ISandboxStore _store;
    private readonly OtpSecrets _secrets;
    private readonly Batcher<SandboxMessage, Guid> _batcher;

    public SandboxMailbox(ISandboxStore store, OtpSecrets secrets, IOptions<BatchingOptions> batching)
    {
        _store = store;
        _secrets = secrets;
        _batcher = new(InsertAsync, StoreFailures.IsOutage, batching.Value.Writers, batching.Value.MaxBatch);
    }

    /// <summary>Answers with the message's id once it is stored.</summary>
    public Task<Guid> KeepAsync(OutgoingDelivery outgoing, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var content = new SandboxContent(
            outgoing.Delivery.Channel.Text(), outgoing.Details.Recipient, outgoing.Text, outgoing.Pin.Reveal());
        var message = new SandboxMessage
        {
            Id = id,
            ApplicationId = outgoing.ApplicationId,
            RecipientHash = outgoing.RecipientHash,
            Content = _secrets.EncryptSandbox(id, content),

            // When it was claimed: the last moment that is known by the database's clock, against which the retention is counted.
            SentAt = outgoing.Delivery.UpdatedAt,
        };
        return _batcher.AddAsync(message, cancellationToken);
    }

    public ValueTask DisposeAsync() => _batcher.DisposeAsync();

    private async Task<IReadOnlyList<Guid>> InsertAsync(IReadOnlyList<SandboxMessage> messages, CancellationToken cancellationToken)
    {
        await _store.InsertAsync(messages, cancellationToken);
        return [.. messages.Select(m => m.Id)];
    }
}
