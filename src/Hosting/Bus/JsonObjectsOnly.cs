using System.Text.Json;
using MassTransit;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Hosting.Bus;

/// <summary>
/// Stands before the deserializer, which takes an empty body for an empty object and an array for a message without fields, so that
/// both would count as handled. It stands before MassTransit's own handling of errors, too, so it puts aside what it stops.
/// </summary>
internal sealed class JsonObjectsOnly(Func<ReceiveContext, Exception, Task> putAside) : IFilter<ReceiveContext>
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) =>
        FaultOf(CommandBody.WithoutMark(context.Body.GetBytes()).Span) is { } reason
            ? putAside(context, new UnreadableMessageException(reason))
            : next.Send(context);

    public void Probe(ProbeContext context) => context.CreateFilterScope("jsonObjectsOnly");

    private static string? FaultOf(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return "empty body";
        }

        try
        {
            var reader = new Utf8JsonReader(body);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? null : "no JSON object";
        }
        catch (JsonException)
        {
            return "not JSON";
        }
    }
}
