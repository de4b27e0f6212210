using System.Diagnostics;
using MassTransit;

namespace OtpPipeline.Outbox.Sending;

/// <summary>Publishes through the bus under the row's id, within the trace that wrote the row.</summary>
/// <remarks>
/// MassTransit treats a refused message as a lost connection and resends it without end. So the first refusal ends the publish here, and
/// MassTransit's next try is stopped.
/// </remarks>
internal sealed class MassTransitPublisher : IOutboxPublisher
{
    private readonly IBus _bus;
    private readonly OutboxSetup _setup;
    private readonly OutboxSerializer _serializer;

    public MassTransitPublisher(IBus bus, OutboxSetup setup, OutboxSerializer serializer)
    {
        (_bus, _setup, _serializer) = (bus, setup, serializer);
        var observer = new RefusalObserver(setup);
        bus.ConnectSendObserver(observer);
        bus.ConnectPublishObserver(observer);
    }

    public async Task PublishAsync(OutgoingMessage outgoing, CancellationToken cancellationToken)
    {
        var row = outgoing.Row;
        using var activity = OutboxTelemetry.Source.StartActivity($"outbox {row.MessageType}", ActivityKind.Producer, row.TraceParent);
        var attempt = new PublishAttempt();
        var sending = SendAsync(outgoing, attempt, activity?.Id ?? row.TraceParent, cancellationToken);
        if (await Task.WhenAny(sending, attempt.Refusal) != sending)
        {
            _ = sending.ContinueWith(
                static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw new MessageRefusedException(await attempt.Refusal);
        }

        await sending;
    }

    private async Task SendAsync(OutgoingMessage outgoing, PublishAttempt attempt, string? traceParent, CancellationToken cancellationToken)
    {
        var row = outgoing.Row;
        if (row.DestinationAddress is null)
        {
            var pipe = Pipe.Execute<PublishContext>(context => Prepare(context, row, attempt, traceParent));
            await _bus.Publish(outgoing.Message, outgoing.Type, pipe, cancellationToken);
        }
        else if (_setup.IsAwaited is null || await _setup.IsAwaited(row, cancellationToken))
        {
            var pipe = Pipe.Execute<SendContext>(context => Prepare(context, row, attempt, traceParent));
            var endpoint = await _bus.GetSendEndpoint(new Uri(row.DestinationAddress));
            await endpoint.Send(outgoing.Message, outgoing.Type, pipe, cancellationToken);
        }
    }

    private void Prepare(SendContext context, OutboxMessage row, PublishAttempt attempt, string? traceParent)
    {
        attempt.ThrowIfRefused();
        context.GetOrAddPayload(() => attempt);
        context.MessageId = row.Id;
        context.CorrelationId = row.CorrelationId;
        if (row.RoutingKey is not null)
        {
            context.SetRoutingKey(row.RoutingKey);
        }

        if (traceParent is not null)
        {
            context.Headers.Set("traceparent", traceParent);
        }

        foreach (var (name, value) in _serializer.ReadHeaders(row))
        {
            SetHeader(context, name, value);
        }

        _setup.OnSend?.Invoke(context);
    }

    private static void SetHeader(SendContext context, string name, string value)
    {
        var id = Guid.TryParse(value, out var parsed) ? parsed : (Guid?)null;
        switch (name)
        {
            case OutboxHeaders.CorrelationId when id is not null:
                context.CorrelationId = id;
                break;
            case OutboxHeaders.RequestId when id is not null:
                context.RequestId = id;
                break;
            case OutboxHeaders.ConversationId when id is not null:
                context.ConversationId = id;
                break;
            case OutboxHeaders.InitiatorId when id is not null:
                context.InitiatorId = id;
                break;
            default:
                context.Headers.Set(name, value);
                break;
        }
    }
}
