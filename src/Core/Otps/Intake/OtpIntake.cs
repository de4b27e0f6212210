using Microsoft.Extensions.Options;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>Takes OTPs for every API and the bus: an answer means that the OTP and its work command are committed.</summary>
public sealed class OtpIntake : IAsyncDisposable
{
    private const int LongestKey = 255;

    private readonly IIntakeStore _store;
    private readonly IOutbox _outbox;
    private readonly OtpSecrets _secrets;
    private readonly ProviderChoice _providers;
    private readonly CallbackOptions _callbacks;
    private readonly DeliveryOptions _deliveries;
    private readonly PublishQuota _quota;
    private readonly Batcher<NewOtp, IntakeAnswer> _batcher;

    public OtpIntake(
        IIntakeStore store,
        IOutbox outbox,
        OtpSecrets secrets,
        ProviderChoice providers,
        PublishQuota quota,
        IOptions<CallbackOptions> callbacks,
        IOptions<DeliveryOptions> deliveries,
        IOptions<BatchingOptions> batching)
    {
        _store = store;
        _outbox = outbox;
        _secrets = secrets;
        _providers = providers;
        _quota = quota;
        _callbacks = callbacks.Value;
        _deliveries = deliveries.Value;
        _batcher = new(AcceptOrWaitAsync, StoreFailures.IsOutage, batching.Value.Writers, batching.Value.MaxBatch);
    }

    /// <summary>Validates a draft and, if it stands, takes it in.</summary>
    /// <param name="draft">The command as it came.</param>
    /// <param name="application">Who asks.</param>
    /// <param name="idempotencyKey">The caller's key; null for none.</param>
    /// <param name="traceParent">W3C trace context of the request.</param>
    /// <param name="cancellationToken">Ends the waiting, not the work.</param>
    public Task<Result<OtpView>> RequestAsync(
        OtpDraft draft, Application application, string? idempotencyKey, string? traceParent, CancellationToken cancellationToken) =>
        RequestAsync(draft, OtpTerms.None, application, idempotencyKey, traceParent, cancellationToken);

    /// <summary>The same for a compatible API that settles more than a draft has fields for.</summary>
    public async Task<Result<OtpView>> RequestAsync(
        OtpDraft draft, OtpTerms terms, Application application, string? idempotencyKey, string? traceParent, CancellationToken cancellationToken)
    {
        var order = Validate(draft, application, idempotencyKey, traceParent);
        if (order.Error is { } error)
        {
            return error;
        }

        var answer = await AcceptAsync(order.Value.Under(terms), cancellationToken);
        return answer.Error is { } no ? no : OtpView.AtCreation(answer.Otp!, _secrets);
    }

    /// <summary>The first half: what can be said without the database.</summary>
    public Result<OtpOrder> Validate(OtpDraft draft, Application application, string? idempotencyKey, string? traceParent)
    {
        if (idempotencyKey is { Length: 0 or > LongestKey })
        {
            return OtpErrors.IdempotencyKeyInvalid;
        }

        var result = OrderRules.Validate(draft, application, _callbacks);
        return result.Error is { } error
            ? error
            : _providers.For(result.Value.Channel) is null
                ? OtpErrors.ChannelNotServed
                : result.Value with { IdempotencyKey = idempotencyKey, TraceParent = traceParent };
    }

    /// <summary>All of a request but its commit; null where the draft is refused. For a host that warms up.</summary>
    public async Task<OtpView?> RehearseAsync(OtpDraft draft, Application application, CancellationToken cancellationToken)
    {
        var result = OrderRules.Validate(draft, application, _callbacks);
        if (result.Error is not null)
        {
            return null;
        }

        var order = Prepare(result.Value, _providers.For(result.Value.Channel) ?? ProviderChoice.Sandbox);
        await using var unit = await _store.BeginIntakeAsync(cancellationToken);
        var facts = await unit.ReadAsync([order], [order.Share], cancellationToken);
        var otp = IntakeRules.Decide([order], facts, _deliveries.LostAfter, new(facts.Now)).Single().Otp;
        return otp is null ? null : OtpView.AtCreation(otp, _secrets);
    }

    /// <summary>The second half: takes the order in, or refuses it by what the database knows.</summary>
    public Task<IntakeAnswer> AcceptAsync(OtpOrder order, CancellationToken cancellationToken) =>
        _batcher.AddAsync(Prepare(order, _providers.For(order.Channel)!), cancellationToken);

    public ValueTask DisposeAsync() => _batcher.DisposeAsync();

    private NewOtp Prepare(OtpOrder order, string provider)
    {
        var otpId = Guid.CreateVersion7();
        var terms = order.Terms;
        var pin = terms.Pin is { } own ? new Pin(own, exact: true) : order.PinPolicy.Next();
        var message = terms.MessageOf?.Invoke(pin) ?? terms.Message;
        var template = MessageText.Fill(order.Template, order.Application.Name, order.Ttl);
        var parts = MessageText.CountParts(message?.Text ?? MessageText.Render(template, pin, order.Name));
        var details = new OtpDetails(order.Recipient.Address, order.From, template, order.CallbackUrl, order.Name, order.Locale);
        return new(
            order,
            otpId,
            _secrets.HashRecipient(order.Recipient),
            _secrets.EncryptDetails(otpId, details),
            _secrets.EncryptPin(otpId, 1, pin),
            _secrets.CurrentKeyId,
            provider,
            parts,
            parts * _deliveries.From(order.Channel).PriceTo(order.Recipient.CountryIso),
            order.IdempotencyKey is { } key ? _secrets.HashIdempotencyKey(key) : null,
            order.IdempotencyKey is null ? null : _secrets.HashCommand(order.Normalised))
        {
            ExactPin = terms.Pin is not null || order.PinPolicy.IsExact,
            Metadata = order.Metadata is null ? null : _secrets.EncryptMetadata(otpId, order.Metadata),
            LimitHash = _secrets.HashLimitKey(order.Recipient, order.Application.Settings.Limits),
            Message = message is null ? null : _secrets.EncryptMessage(otpId, message),
            LookupHash = terms.Lookup is { } lookup ? _secrets.HashLookup(order.Application.Id, lookup) : null,
            PinHash = terms.FindPinIn is { } place ? _secrets.HashPin(order.Application.Id, place, pin) : null,
            Counters = [.. terms.Counted.Where(c => c.Windows.Count > 0).Select(c => new SendCounter(_secrets.HashCounted(c.Key), c))],
        };
    }

    /// <summary>A duplicate that is not committed in time leaves the answer open: the caller may ask again.</summary>
    private async Task<IReadOnlyList<IntakeAnswer>> AcceptOrWaitAsync(IReadOnlyList<NewOtp> orders, CancellationToken cancellationToken)
    {
        try
        {
            return await AcceptAsync(orders, cancellationToken);
        }
        catch (IdempotencyKeyHeldException) when (orders.Count == 1)
        {
            return [new(null, OtpErrors.IdempotencyKeyInFlight)];
        }
    }

    private async Task<IReadOnlyList<IntakeAnswer>> AcceptAsync(IReadOnlyList<NewOtp> orders, CancellationToken cancellationToken)
    {
        var duplicates = new Duplicates(orders);
        var outgoing = _outbox.NewBatch();
        IReadOnlyList<IntakeAnswer> answers;
        using var places = _quota.Begin();
        await using (var unit = await _store.BeginIntakeAsync(cancellationToken))
        {
            var facts = await unit.ReadAsync(duplicates.Leaders, places.ToCount(duplicates.Leaders.Select(o => o.Share)), cancellationToken);
            places.Counted(facts.Shares);
            var decisions = new IntakeDecisions(facts.Now);
            answers = IntakeRules.Decide(duplicates.Leaders, facts, _deliveries.LostAfter, decisions);
            PublishOrWait(duplicates.Leaders.ToDictionary(o => o.OtpId), decisions, places, outgoing);
            answers = duplicates.Spread(answers);
            Announce(orders, answers, outgoing);
            await unit.SaveAsync(decisions, outgoing.Messages, cancellationToken);
        }

        _outbox.Dispatch(outgoing);
        return answers;
    }

    /// <summary>Publishes the work command of each new delivery that has a place in its queue; the others wait for their turn.</summary>
    private static void PublishOrWait(Dictionary<Guid, NewOtp> orders, IntakeDecisions decisions, PublishQuota.Batch places, OutboxBatch outgoing)
    {
        foreach (var delivery in decisions.Deliveries)
        {
            var order = orders[delivery.OtpId];
            if (places.TryTake(order.Share))
            {
                var channel = delivery.Channel.Text();
                outgoing.Publish(
                    new OtpRequested(delivery.OtpId, channel, delivery.Step), channel, traceParent: order.Order.TraceParent, correlationId: delivery.OtpId);
            }
            else
            {
                delivery.WaitingSince = decisions.Now;
                delivery.TraceParent = order.Order.TraceParent;
            }
        }
    }

    /// <summary>What an endpoint wants to say with the commit; not while a duplicate leaves the answer open.</summary>
    private static void Announce(IReadOnlyList<NewOtp> orders, IReadOnlyList<IntakeAnswer> answers, OutboxBatch outgoing)
    {
        for (var i = 0; i < orders.Count; i++)
        {
            if (answers[i].Error != OtpErrors.IdempotencyKeyInFlight)
            {
                orders[i].Order.Announce?.Invoke(outgoing, answers[i]);
            }
        }
    }

    /// <summary>Merges commands of the same idempotency key within a batch: one leads, the others get its answer.</summary>
    private sealed class Duplicates
    {
        private readonly IReadOnlyList<NewOtp> _orders;
        private readonly int[] _leaderOf;
        private readonly List<NewOtp> _leaders = [];

        public Duplicates(IReadOnlyList<NewOtp> orders)
        {
            _orders = orders;
            _leaderOf = new int[orders.Count];
            var seen = new Dictionary<(Guid ApplicationId, string Key), int>();
            for (var i = 0; i < orders.Count; i++)
            {
                var key = orders[i].IdempotencyHash is { } hash ? Convert.ToHexString(hash) : null;
                if (key is not null && seen.TryGetValue((orders[i].ApplicationId, key), out var leader))
                {
                    _leaderOf[i] = leader;
                    continue;
                }

                _leaderOf[i] = _leaders.Count;
                if (key is not null)
                {
                    seen[(orders[i].ApplicationId, key)] = _leaders.Count;
                }

                _leaders.Add(orders[i]);
            }
        }

        public IReadOnlyList<NewOtp> Leaders => _leaders;

        public IReadOnlyList<IntakeAnswer> Spread(IReadOnlyList<IntakeAnswer> answers)
        {
            var all = new IntakeAnswer[_orders.Count];
            for (var i = 0; i < all.Length; i++)
            {
                var answer = answers[_leaderOf[i]];
                var leads = ReferenceEquals(_leaders[_leaderOf[i]], _orders[i]);
                all[i] = leads ? answer : Duplicate(_orders[i], _leaders[_leaderOf[i]], answer);
            }

            return all;
        }

        // Where the leader was refused, nothing is known of another command with its key: it may come again.
        private static IntakeAnswer Duplicate(NewOtp order, NewOtp leader, IntakeAnswer answer) =>
            answer.Otp is { } otp
                ? IntakeRules.Replay(order, new(leader.CommandHash!, otp))
                : order.CommandHash.AsSpan().SequenceEqual(leader.CommandHash) ? answer : new(null, OtpErrors.IdempotencyKeyInFlight);
    }
}
