using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>Accepts OTPs for every API and the bus: an answer means that the OTP and its work command are committed.</summary>
public sealed class OtpIntake : IAsyncDisposable
{
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

    /// <summary>Validates a request and, when it is valid, accepts it.</summary>
    /// <param name="request">The fields as sent.</param>
    /// <param name="options">The client's application, and the options that the API sets.</param>
    /// <param name="cancellationToken">Ends the wait, not the work.</param>
    public async Task<RequestAnswer> RequestAsync(OtpRequest request, RequestOptions options, CancellationToken cancellationToken)
    {
        if (options.IdempotencyKey is { Length: 0 or > OptionRules.MaxIdempotencyKey })
        {
            return new(null, OtpErrors.IdempotencyKeyInvalid, Announced: false);
        }

        var validated = request.Validate(options, _callbacks);
        if (validated.Error is { } error)
        {
            return new(null, error, Announced: false);
        }

        var isTest = options.Application.IsTest;
        if (RouteOf(validated.Value) is not { } route)
        {
            return new(null, isTest ? OtpErrors.SandboxOff : OtpErrors.ChannelNotServed, Announced: false);
        }

        for (var i = 1; i < validated.Value.Plan.Count; i++)
        {
            if (!isTest && _providers.All(validated.Value.Plan[i].Channel).Count == 0)
            {
                return new(null, OtpErrors.StepNotServed(i), Announced: false);
            }
        }

        var prepared = Prepare(validated.Value, route);
        var answer = await _batcher.AddAsync(prepared, cancellationToken);
        return answer.Error is { } refused
            ? new(null, refused, Announced: refused != OtpErrors.IdempotencyKeyInFlight)
            : new(View(answer.Otp!, prepared), null, Announced: true);
    }

    /// <summary>Runs a request without its commit, to warm up a host; null when it is refused.</summary>
    public async Task<OtpView?> RehearseAsync(OtpRequest request, RequestOptions options, CancellationToken cancellationToken)
    {
        var validated = request.Validate(options, _callbacks);
        if (validated.Error is not null)
        {
            return null;
        }

        var prepared = Prepare(
            validated.Value, RouteOf(validated.Value) ?? DeliveryRoute.Of(DeliveryRoute.Default, ProviderChoice.Sandbox));
        await using var unit = await _store.BeginIntakeAsync(cancellationToken);
        var facts = await unit.ReadAsync([prepared], [prepared.Share], cancellationToken);
        var otp = IntakeRules.Decide([prepared], facts, _deliveries.LostAfter).Answers[0].Otp;
        return otp is null ? null : View(otp, prepared);
    }

    public ValueTask DisposeAsync() => _batcher.DisposeAsync();

    /// <summary>The client's view; does not decrypt what this request has just encrypted.</summary>
    private OtpView View(Otp otp, NewOtp prepared) => otp.Id == prepared.OtpId
        ? OtpView.AtCreation(otp, prepared.Validated.Details, prepared.Validated.Metadata, prepared.Validated.ExternalId)
        : OtpView.AtCreation(otp, _secrets);

    private DeliveryRoute? RouteOf(ValidatedOtpRequest request) =>
        _providers.For(
            request.Channel, request.Recipient, request.Application.Id, request.Details.Locale, request.Application.IsTest);

    private NewOtp Prepare(ValidatedOtpRequest request, DeliveryRoute route)
    {
        var otpId = Guid.CreateVersion7();
        var options = request.Options;
        var applicationId = request.Application.Id;
        var pin = options.Pin is { } own ? new Pin(own, exact: true) : request.PinPolicy.Next();
        var message = options.WriteMessage?.Invoke(pin) ?? options.Message;
        var parts = MessageText.CountParts(message?.Text ?? MessageText.Render(request.Details.Template, pin, request.Details.Name));
        return new(
            request,
            otpId,
            _secrets.HashRecipient(request.Recipient),
            _secrets.EncryptDetails(otpId, request.Details),
            _secrets.EncryptPin(otpId, 1, pin),
            _secrets.CurrentKeyId,
            route.Name,
            parts,
            request.Application.IsTest ? 0 : parts * _providers.HighestPrice(request.Channel, route, request.Recipient.CountryIso),
            options.IdempotencyKey is { } key ? _secrets.HashIdempotencyKey(key, request.Application.IsTest) : null,
            request.Normalised is { } normalised ? _secrets.HashCommand(normalised) : null)
        {
            ExactPin = options.Pin is not null || request.PinPolicy.IsExact,
            Attached = _secrets.EncryptAttached(otpId, request.Metadata, request.ExternalId),
            ExternalHash = request.ExternalId is { } externalId ? _secrets.HashExternalId(externalId) : null,
            LimitHash = _secrets.HashLimitKey(
                request.Recipient, request.Application.Settings.Limits, request.Application.IsTest),
            Message = message is null ? null : _secrets.EncryptMessage(otpId, message),
            LookupHash = options.Lookup is { } lookup ? _secrets.HashLookup(applicationId, lookup) : null,
            PinHash = options.FindPinIn is { } place ? _secrets.HashPin(applicationId, place, pin) : null,
            Counters = [.. options.Counted.Where(c => c.Windows.Count > 0).Select(c => (_secrets.HashCounted(c.Key), c))],
        };
    }

    /// <summary>A duplicate that is not committed in time gets no final answer: the client may retry.</summary>
    private async Task<IReadOnlyList<IntakeAnswer>> AcceptOrWaitAsync(IReadOnlyList<NewOtp> requests, CancellationToken cancellationToken)
    {
        try
        {
            return await AcceptAsync(requests, cancellationToken);
        }
        catch (IdempotencyKeyHeldException) when (requests.Count == 1)
        {
            return [new(null, OtpErrors.IdempotencyKeyInFlight)];
        }
    }

    private async Task<IReadOnlyList<IntakeAnswer>> AcceptAsync(IReadOnlyList<NewOtp> requests, CancellationToken cancellationToken)
    {
        var duplicates = new IntakeDuplicates(requests);
        var firsts = duplicates.Firsts;
        var outgoing = _outbox.NewBatch();
        IReadOnlyList<IntakeAnswer> answers;
        using var places = _quota.Begin();
        await using (var unit = await _store.BeginIntakeAsync(cancellationToken))
        {
            var facts = await unit.ReadAsync(firsts, places.ToCount(firsts.Select(r => r.Share)), cancellationToken);
            places.Counted(facts.Shares);
            var decisions = IntakeRules.Decide(firsts, facts, _deliveries.LostAfter);
            PublishOrWait(firsts.ToDictionary(r => r.OtpId), decisions, places, outgoing);
            answers = duplicates.Spread(decisions.Answers);
            Announce(requests, answers, outgoing);
            await unit.SaveAsync(decisions, outgoing.Messages, cancellationToken);
        }

        _outbox.Dispatch(outgoing);
        return answers;
    }

    /// <summary>Publishes the work commands of new deliveries within the quota; the others wait for their turn.</summary>
    private void PublishOrWait(
        Dictionary<Guid, NewOtp> requests, IntakeDecisions decisions, PublishQuota.Batch places, OutboxBatch outgoing)
    {
        var commands = new WorkCommands(_deliveries);
        foreach (var delivery in decisions.Deliveries)
        {
            var request = requests[delivery.OtpId];
            var trace = request.Validated.Options.TraceParent;
            if (places.TryTake(request.Share))
            {
                commands.Add(delivery, trace);
            }
            else
            {
                delivery.WaitingSince = decisions.Now;
                delivery.TraceParent = trace;
            }
        }

        commands.PublishTo(outgoing);
    }

    /// <summary>Adds the answers by message to the commit, except while a duplicate is undecided.</summary>
    private static void Announce(IReadOnlyList<NewOtp> requests, IReadOnlyList<IntakeAnswer> answers, OutboxBatch outgoing)
    {
        for (var i = 0; i < requests.Count; i++)
        {
            if (answers[i].Error != OtpErrors.IdempotencyKeyInFlight)
            {
                requests[i].Validated.Options.Announce?.Invoke(outgoing, answers[i]);
            }
        }
    }
}
