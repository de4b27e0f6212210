using System.Text.Json;
using MassTransit;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Hosting.Bus;

/// <summary>
/// Stands before the deserializer, which takes an empty body for an empty object and an array for a message without fields, so that
/// both would count as handled.
/// </summary>
internal sealed class JsonObjectsOnly : IFilter<ReceiveContext>
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var body = CommandBody.WithoutMark(context.Body.GetBytes());
        if (body.IsEmpty)
        {
            throw new UnreadableMessageException("empty body");
        }

        if (FirstToken(body.Span) != JsonTokenType.StartObject)
        {
            throw new UnreadableMessageException("no JSON object");
        }

        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("jsonObjectsOnly");

    private static JsonTokenType FirstToken(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            return reader.Read() ? reader.TokenType : JsonTokenType.None;
        }
        catch (JsonException broken)
        {
            throw new UnreadableMessageException("not JSON", broken);
        }
    }
}
