using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Core.Callbacks.Sending;

/// <summary>Claims callbacks, and creates missing bodies.</summary>
/// <remarks>Each body is created once, from the rows of the OTP and of its change, so that every attempt sends the same bytes.</remarks>
public sealed class CallbackClaims : IAsyncDisposable
{
    /// <summary>The outbox's name of the command.</summary>
    public const string Command = "otp-callback";

    private readonly ICallbackStore _store;
    private readonly CallbackOutcomes _outcomes;
    private readonly OtpSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly CallbackOptions _options;
    private readonly Batcher<Guid, IReadOnlyList<OutgoingCallback>> _batcher;

    public CallbackClaims(
        ICallbackStore store,
        CallbackOutcomes outcomes,
        OtpSecrets secrets,
        TimeProvider time,
        IOptions<CallbackOptions> options,
        IOptions<BatchingOptions> batching)
    {
        _store = store;
        _outcomes = outcomes;
        _secrets = secrets;
        _time = time;
        _options = options.Value;
        _batcher = new(ClaimAsync, StoreFailures.IsOutage, batching.Value.Writers, batching.Value.MaxBatch);
    }

    /// <summary>Leases the unclaimed callbacks of this OTP to the caller. Many calls share one commit.</summary>
    public Task<IReadOnlyList<OutgoingCallback>> ClaimAsync(Guid otpId, CancellationToken cancellationToken) =>
        _batcher.AddAsync(otpId, cancellationToken);

    /// <summary>Leases due callbacks to the caller; applications share the limit, with at least one each.</summary>
    /// <param name="hasRoom">Whether the caller has capacity for callbacks of an application now.</param>
    /// <param name="limit">Maximum number of callbacks.</param>
    /// <param name="cancellationToken">Ends the claim.</param>
    public async Task<DueCallbacks> ClaimDueAsync(Func<Guid, bool> hasRoom, int limit, CancellationToken cancellationToken)
    {
        var applications = (await _store.ReadDueApplicationsAsync(cancellationToken)).Where(hasRoom).ToList();
        if (applications.Count == 0)
        {
            return new([], Unannounced: 0, More: false);
        }

        var each = Math.Max(1, limit / applications.Count);
        var leasedSince = _time.GetTimestamp();
        var leaseId = Guid.CreateVersion7();
        var claimed = await _store.ClaimDueAsync(leaseId, _options.Lease, applications, each, cancellationToken);
        var outgoing = new List<OutgoingCallback>(claimed.Count);
        foreach (var callback in claimed.Where(c => c.Content is not null))
        {
            if (TryDecrypt(() => _secrets.DecryptCallback(callback.Id, callback.Content!)) is { } content)
            {
                outgoing.Add(new(callback.Id, callback.ApplicationId, leaseId, callback.Failures, content, leasedSince));
            }
        }

        var bare = claimed.Where(c => c.Content is null).ToDictionary(c => c.Id);
        var unannounced = bare.Values.Count(c => c.Failures == 0 && c.UpdatedAt == c.CreatedAt);
        outgoing.AddRange(await RenderLeasedAsync(leaseId, bare, leasedSince, cancellationToken));

        // The others cannot be decrypted: their key is missing. A replay sends them once the key is restored.
        var parked = claimed.Select(c => c.Id).Except(outgoing.Select(o => o.Id));
        await Task.WhenAll(parked.Select(id => _outcomes.RecordAsync(
            new(id, leaseId, new(CallbackStatus.Parked, CallbackReasons.Unreadable, TimeSpan.Zero), Attempt: null), cancellationToken)));
        return new(outgoing, unannounced, claimed.CountBy(c => c.ApplicationId).Any(a => a.Value >= each));
    }

    public ValueTask DisposeAsync() => _batcher.DisposeAsync();

    private async Task<IReadOnlyList<IReadOnlyList<OutgoingCallback>>> ClaimAsync(
        IReadOnlyList<Guid> otpIds, CancellationToken cancellationToken)
    {
        var leasedSince = _time.GetTimestamp();
        var leaseId = Guid.CreateVersion7();
        var unsent = await _store.ReadUnsentAsync(otpIds.ToHashSet(), cancellationToken);
        var rendered = unsent.Select(Render).OfType<Rendering>().ToList();
        var claimed = rendered.Count == 0
            ? new HashSet<Guid>()
            : await _store.ClaimAsync(leaseId, _options.Lease, rendered.ConvertAll(r => r.Stored), cancellationToken);
        var outgoing = rendered.Where(r => claimed.Contains(r.Unsent.Id))
            .ToLookup(r => r.Unsent.Otp.Id, r => r.Outgoing(leaseId, 0, leasedSince));

        // When several messages name one OTP, the first gets its callbacks.
        var answered = new HashSet<Guid>();
        return [.. otpIds.Select(id => answered.Add(id) ? (IReadOnlyList<OutgoingCallback>)[.. outgoing[id]] : [])];
    }

    private async Task<IReadOnlyList<OutgoingCallback>> RenderLeasedAsync(
        Guid leaseId, Dictionary<Guid, Callback> bare, long leasedSince, CancellationToken cancellationToken)
    {
        if (bare.Count == 0)
        {
            return [];
        }

        var leased = await _store.ReadLeasedAsync(leaseId, bare.Keys, cancellationToken);
        var rendered = leased.Select(Render).OfType<Rendering>().ToList();
        var stored = await _store.StoreAsync(leaseId, rendered.ConvertAll(r => r.Stored), cancellationToken);
        return
        [
            .. rendered.Where(r => stored.Contains(r.Unsent.Id)).Select(r => r.Outgoing(leaseId, bare[r.Unsent.Id].Failures, leasedSince)),
        ];
    }

    /// <summary>Null when the body cannot be created: the OTP's details cannot be decrypted.</summary>
    private Rendering? Render(UnsentCallback unsent)
    {
        var details = TryDecrypt(() => _secrets.DecryptDetails(unsent.Otp.Id, unsent.Otp.Details));
        if (details is not { CallbackUrl: { } url })
        {
            return null;
        }

        var body = TryDecrypt(() => CallbackBody.Render(
            unsent.Otp, details, _secrets.DecryptAttached(unsent.Otp), unsent.Change, unsent.Delivery, unsent.Previous));
        if (body is null)
        {
            return null;
        }

        var content = new CallbackContent(url, body);
        return new(unsent, content, new(unsent.Id, _secrets.EncryptCallback(unsent.Id, content)));
    }

    private static T? TryDecrypt<T>(Func<T> decrypt)
        where T : class
    {
        try
        {
            return decrypt();
        }
        catch (CryptographicException)
        {
            // The callback is parked as unreadable, which is logged and listed.
            return null;
        }
    }

    private sealed record Rendering(UnsentCallback Unsent, CallbackContent Content, RenderedCallback Stored)
    {
        public OutgoingCallback Outgoing(Guid leaseId, int failures, long leasedSince) =>
            new(Unsent.Id, Unsent.Otp.ApplicationId, leaseId, failures, Content, leasedSince);
    }
}
