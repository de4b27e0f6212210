using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Core.Deliveries.Sending;

/// <summary>Claims deliveries: only one consumer gets each delivery.</summary>
public sealed class DeliveryClaims : IAsyncDisposable
{
    /// <summary>Reason of a delivery that no provider of its route can take within the OTP's life.</summary>
    public const string NoProviderInTime = "no_provider_in_time";

    // A delivery waits so long for its turn at a provider that works; a step that starts within it would be too late.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(5);

    // An operator, or a test, may end the rest of a provider.
    private static readonly TimeSpan LongestPostponement = TimeSpan.FromSeconds(30);

    private const int MostAlone = 8;

    private readonly SemaphoreSlim _alone = new(MostAlone);
    private readonly IDeliveryStore _store;
    private readonly OtpSecrets _secrets;
    private readonly QueueLag _lag;
    private readonly ReleaseSignal _release;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly ReceiptAddresses _addresses;
    private readonly Batcher<IReadOnlyList<ClaimRequest>, IReadOnlyList<ClaimedDelivery?>> _batcher;
    private readonly Batcher<IReadOnlyList<PostponeRequest>, IReadOnlyList<ReportedOutcome>> _postponements;

    public DeliveryClaims(
        IDeliveryStore store,
        OtpSecrets secrets,
        QueueLag lag,
        ReleaseSignal release,
        IOptions<DeliveryOptions> options,
        IOptions<BatchingOptions> batching,
        TimeProvider time,
        ReceiptAddresses addresses)
    {
        _store = store;
        _secrets = secrets;
        _lag = lag;
        _release = release;
        _options = options.Value;
        _time = time;
        _addresses = addresses;
        _batcher = new(ClaimAsync, StoreFailures.IsOutage, batching.Value.Writers, batching.Value.MaxBatch, size: r => r.Count);
        _postponements = new(PostponeAsync, StoreFailures.IsOutage, writers: 1, batching.Value.MaxBatch, size: r => r.Count);
    }

    /// <summary>Claims the deliveries of one work command in one statement, which claims of other commands may share.</summary>
    /// <returns>In their order; null where nothing is to do: already claimed, not due, the command is stale, or the OTP is final.</returns>
    public Task<IReadOnlyList<ClaimedDelivery?>> ClaimAsync(
        IReadOnlyList<(DeliveryHint Hint, string Provider)> deliveries, CancellationToken cancellationToken) =>
        _batcher.AddAsync([.. deliveries.Select(d => new ClaimRequest(d.Hint, d.Provider, Guid.CreateVersion7()))], cancellationToken);

    /// <summary>Claims one delivery in a statement that no other claim shares: one with a long lock delays no other.</summary>
    public async Task<ClaimedDelivery?> ClaimAloneAsync(DeliveryHint hint, string provider)
    {
        await _alone.WaitAsync();
        try
        {
            IReadOnlyList<ClaimRequest> request = [new(hint, provider, Guid.CreateVersion7())];
            return (await StoreRetries.RunAsync(() => ClaimAsync([request], CancellationToken.None)))[0][0];
        }
        finally
        {
            _alone.Release();
        }
    }

    /// <summary>Decrypts what a provider needs.</summary>
    public OutgoingDelivery Decrypt(ClaimedDelivery claimed)
    {
        var (otpId, step) = (claimed.Delivery.OtpId, claimed.Delivery.Step);
        var details = _secrets.DecryptDetails(otpId, claimed.Details);
        var pin = _secrets.DecryptPin(claimed.Pin);
        var message = _secrets.DecryptMessage(claimed.Pin);
        var receipts = _addresses.For(new ReceiptToken(otpId, step, claimed.Delivery.Attempt));
        var (recipientHash, countryIso) = (claimed.RecipientHash, claimed.CountryIso);
        if (details.AddressOf(step) is { } own)
        {
            details = details with { Recipient = own.Address };
            (recipientHash, countryIso) = (
                _secrets.HashRecipient(Recipient.FromStored(claimed.Delivery.Channel.RecipientKind(), own.Address, own.CountryIso)),
                own.CountryIso);
        }

        return new(
            claimed.Delivery, claimed.ApplicationId, recipientHash, countryIso, details, pin,
            message?.Text ?? MessageText.Render(details.Template, pin, details.Name), claimed.ExpiresAt)
        {
            Message = message,
            Lease = claimed.Lease,
            ReceiptUrl = receipts?.Url,
            ReceiptToken = receipts?.Token,
        };
    }

    /// <summary>Publishes deliveries again later, because there is no place for them now. Many share one statement.</summary>
    /// <returns>Outcomes to record: of plans whose next step must start, because the OTP would end first.</returns>
    public Task<IReadOnlyList<ReportedOutcome>> PostponeAsync(
        IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken) =>
        _postponements.AddAsync(requests, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _batcher.DisposeAsync();
        await _postponements.DisposeAsync();
        _alone.Dispose();
    }

    private async Task<IReadOnlyList<IReadOnlyList<ReportedOutcome>>> PostponeAsync(
        IReadOnlyList<IReadOnlyList<PostponeRequest>> calls, CancellationToken cancellationToken)
    {
        var distinct = calls.SelectMany(c => c).DistinctBy(r => r.Hint).ToList();
        var ending = await FindEndingAsync([.. distinct.Where(r => r.Delay > LongestTurn)], cancellationToken);
        var waiting = distinct.Where(r => !ending.Contains(KeyOf(r)))
            .Select(r => r.Delay > LongestPostponement ? r with { Delay = LongestPostponement } : r).ToList();
        if (waiting.Count > 0)
        {
            await _store.PostponeAsync(waiting, cancellationToken);
        }

        if (distinct.Exists(r => r.Delay == TimeSpan.Zero))
        {
            _release.Wake();
        }

        return [.. calls.Select(IReadOnlyList<ReportedOutcome> (c) => [.. c.SelectMany(r => ending[KeyOf(r)].Select(d => Ended(d, r)))])];
    }

    /// <summary>Those whose plan has a step left. Others wait: an operator may end the rest of their provider.</summary>
    private async Task<ILookup<(Guid OtpId, int Step), EndingDelivery>> FindEndingAsync(
        IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken)
    {
        var ending = requests.Count == 0 ? [] : await _store.FindEndingAsync(
            [.. requests.Select(r => r with { Delay = r.Delay + _options.ExpiryMargin })], cancellationToken);
        return ending.Where(d => OtpPlan.HasStepAfter(d.Plan, d.Step)).ToLookup(d => (d.OtpId, d.Step));
    }

    private static (Guid OtpId, int Step) KeyOf(PostponeRequest request) => (request.Hint.OtpId, request.Hint.Step);

    private static ReportedOutcome Ended(EndingDelivery delivery, PostponeRequest request) => new(
        delivery.OtpId, delivery.ApplicationId, delivery.Id, LeaseId: null, new SendOutcome.NotSent(NoProviderInTime, request.Delay),
        request.TraceParent);

    private async Task<IReadOnlyList<IReadOnlyList<ClaimedDelivery?>>> ClaimAsync(
        IReadOnlyList<IReadOnlyList<ClaimRequest>> calls, CancellationToken cancellationToken)
    {
        // The same delivery may be requested twice in one batch: only the first request is granted. Requests that differ are both made, for
        // one of them may be stale.
        var distinct = calls.SelectMany(c => c).DistinctBy(r => r.Hint).ToList();
        var lease = LeaseClock.Start(_time, _options.Lease);
        var granted = await _store.ClaimAsync(distinct, _options.Lease, _options.ExpiryMargin, cancellationToken);
        foreach (var claimed in granted.Values)
        {
            _lag.Saw(claimed.Delivery);
        }

        _release.Claimed(granted.Count);
        return [.. calls.Select(IReadOnlyList<ClaimedDelivery?> (c) => [.. c.Select(Granted)])];

        ClaimedDelivery? Granted(ClaimRequest request) =>
            granted.TryGetValue(request.LeaseId, out var claimed) ? claimed with { Lease = Until(claimed, lease) } : null;
    }

    /// <summary>Counts the remaining lifetime from before the claim, by the same clock, so that it is never too long.</summary>
    private LeaseClock Until(ClaimedDelivery claimed, LeaseClock lease) =>
        lease.EndedAfter(_options.BeginWithin(claimed.Delivery.Channel))
            .EndedAfter(claimed.ExpiresAt - claimed.Delivery.UpdatedAt - _options.ExpiryMargin);
}

/// <summary>A claimed delivery, decrypted for a provider.</summary>
/// <param name="Delivery">In SENDING, under a lease.</param>
/// <param name="ApplicationId">The application that owns the OTP.</param>
/// <param name="RecipientHash">Keyed hash of the recipient.</param>
/// <param name="CountryIso">Null unless the recipient is a phone number.</param>
/// <param name="Details">Recipient, sender, name, locale.</param>
/// <param name="Pin">The PIN.</param>
/// <param name="Text">The rendered message.</param>
/// <param name="ExpiresAt">When the OTP ends.</param>
public sealed record OutgoingDelivery(
    Delivery Delivery, Guid ApplicationId, byte[] RecipientHash, string? CountryIso, OtpDetails Details, Pin Pin, string Text,
    DateTime ExpiresAt)
{
    /// <summary>The client's own message, the source of <see cref="Text"/>; null when the template is used.</summary>
    public CallerMessage? Message { get; init; }

    /// <summary>Until when the request may go out: the end of the claim or of the OTP, the earlier one.</summary>
    public LeaseClock? Lease { get; init; }

    /// <summary>Waits until the provider's limit per second allows the message; null without a limit.</summary>
    /// <remarks>A provider awaits it right before the message goes out, on an open connection.</remarks>
    public Func<CancellationToken, ValueTask>? Moment { get; init; }

    /// <summary>The address for receipts of this delivery; null without Api:PublicUrl.</summary>
    public string? ReceiptUrl { get; init; }

    /// <summary>The token in that address, for providers that echo a reference; null without Api:PublicUrl.</summary>
    public string? ReceiptToken { get; init; }

    /// <summary>Prints the id only.</summary>
    public override string ToString() => Delivery.Id.ToString();
}
