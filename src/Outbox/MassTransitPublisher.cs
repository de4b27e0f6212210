using System.Diagnostics;
using MassTransit;

namespace OtpPipeline.Outbox;

/// <summary>Publishes through the bus under the row's id, as a part of the trace that wrote the row.</summary>
internal sealed class MassTransitPublisher(IBus bus, OutboxSetup setup, OutboxSerializer serializer) : IOutboxPublisher
{
    public async Task PublishAsync(OutgoingMessage outgoing, CancellationToken cancellationToken)
    {
        var row = outgoing.Row;
        using var activity = OutboxTelemetry.Source.StartActivity($"outbox {row.MessageType}", ActivityKind.Producer, row.TraceParent);
        var traceParent = activity?.Id ?? row.TraceParent;
        if (row.DestinationAddress is null)
        {
            var pipe = Pipe.Execute<PublishContext>(context => Prepare(context, row, traceParent));
            await bus.Publish(outgoing.Message, outgoing.Type, pipe, cancellationToken);
        }
        else
        {
            var pipe = Pipe.Execute<SendContext>(context => Prepare(context, row, traceParent));
            var endpoint = await bus.GetSendEndpoint(new Uri(row.DestinationAddress));
            await endpoint.Send(outgoing.Message, outgoing.Type, pipe, cancellationToken);
        }
    }

    private void Prepare(SendContext context, OutboxMessage row, string? traceParent)
    {
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

        foreach (var (name, value) in serializer.ReadHeaders(row))
        {
            SetHeader(context, name, value);
        }

        setup.OnSend?.Invoke(context);
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
