using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Workers.Providers.Sandbox;

/// <summary>Stores encrypted what the sandbox would have sent; many messages share one insert.</summary>
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

    /// <summary>Stores the message and returns its id.</summary>
    public Task<Guid> KeepAsync(OutgoingDelivery outgoing, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var content = new SandboxContent(
            outgoing.Delivery.Channel.Text(), outgoing.Details.Recipient, outgoing.Text, outgoing.Pin.Reveal());
        var message = new SandboxMessage
        {
            Id = id,
            ApplicationId = outgoing.ApplicationId,
            IsTest = outgoing.Delivery.IsTest,
            RecipientHash = outgoing.RecipientHash,
            Content = _secrets.EncryptSandbox(id, content),

            // The claim time is the last known time by the database clock, which the retention uses.
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
