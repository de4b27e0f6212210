using Microsoft.Extensions.Options;
using OtpPipeline.Core.Gathering;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Callbacks;

/// <summary>A callback under lease, opened: what sending needs.</summary>
/// <param name="Id">The callback, and the webhook-id.</param>
/// <param name="ApplicationId">Whose secrets sign it.</param>
/// <param name="LeaseId">The claim.</param>
/// <param name="Failures">Failed attempts before this one.</param>
/// <param name="Content">URL and body.</param>
/// <param name="LeasedSince">Timestamp of the monotonic clock from before the claim.</param>
public sealed record OutgoingCallback(Guid Id, Guid ApplicationId, Guid LeaseId, int Failures, CallbackContent Content, long LeasedSince)
{
    /// <summary>Prints the id only.</summary>
    public override string ToString() => Id.ToString();
}

/// <summary>Makes callbacks of changes; many share one commit. A change that was made one already is left alone.</summary>
public sealed class CallbackCreation : IAsyncDisposable
{
    private readonly ICallbackStore _store;
    private readonly OtpSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly CallbackOptions _options;
    private readonly Gatherer<Announced, OutgoingCallback?> _gatherer;

    public CallbackCreation(ICallbackStore store, OtpSecrets secrets, TimeProvider time, IOptions<CallbackOptions> options, IOptions<GatheringOptions> gathering)
    {
        _store = store;
        _secrets = secrets;
        _time = time;
        _options = options.Value;
        _gatherer = new(CreateAsync, StoreFailures.IsOutage, gathering.Value.Writers, gathering.Value.MaxBatch);
    }

    /// <summary>The new callback, leased to whoever asked; null where the OTP has no callback URL, or the change was seen before.</summary>
    /// <param name="change">The change.</param>
    /// <param name="messageId">Raw id of the event's message.</param>
    /// <param name="queue">The queue that it came from.</param>
    /// <param name="cancellationToken">Ends the waiting, not the work.</param>
    public Task<OutgoingCallback?> CreateAsync(OtpChange change, string messageId, string queue, CancellationToken cancellationToken) =>
        _gatherer.AddAsync(new(change, messageId, queue), cancellationToken);

    public ValueTask DisposeAsync() => _gatherer.DisposeAsync();

    private async Task<IReadOnlyList<OutgoingCallback?>> CreateAsync(IReadOnlyList<Announced> announced, CancellationToken cancellationToken)
    {
        var otps = (await _store.ReadOtpsAsync(announced.Select(a => a.Change.OtpId).ToHashSet(), cancellationToken)).ToDictionary(o => o.Id);
        var leasedSince = _time.GetTimestamp();
        var leaseId = Guid.CreateVersion7();
        var made = new OutgoingCallback?[announced.Count];
        var rows = new List<NewCallback>(announced.Count);
        for (var i = 0; i < made.Length; i++)
        {
            var change = announced[i].Change;
            if (!otps.TryGetValue(change.OtpId, out var otp) || _secrets.OpenDetails(otp.Id, otp.Details) is not { CallbackUrl: { } url } details)
            {
                continue;
            }

            var id = Guid.CreateVersion7();
            var content = new CallbackContent(url, CallbackBody.Render(otp, details, change));
            rows.Add(new(id, change, announced[i].MessageId, announced[i].Queue, leaseId, _secrets.SealCallback(id, content)));
            made[i] = new(id, otp.ApplicationId, leaseId, 0, content, leasedSince);
        }

        if (rows.Count == 0)
        {
            return made;
        }

        var stored = await _store.InsertAsync(rows, _options.Lease, cancellationToken);
        return [.. made.Select(m => m is not null && stored.Contains(m.Id) ? m : null)];
    }

    private sealed record Announced(OtpChange Change, string MessageId, string Queue);
}
