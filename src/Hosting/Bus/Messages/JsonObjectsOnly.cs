using System.Text.Json;
using MassTransit;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>Rejects a body that is no JSON object, before the deserializer reads it.</summary>
/// <remarks>
/// The deserializer reads an empty body as an empty object and an array as a message without fields, so both would count as handled. The
/// filter also runs before MassTransit's error handling, so it moves what it rejects to the error queue itself.
/// </remarks>
/// <param name="putAside">Moves a rejected message to the error queue.</param>
/// <param name="withLimits">Applies the limits of requests. The endpoints of commands check those themselves, since they answer.</param>
internal sealed class JsonObjectsOnly(Func<ReceiveContext, Exception, Task> putAside, bool withLimits) : IFilter<ReceiveContext>
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) =>
        FaultOf(CommandBody.WithoutMark(context.Body.GetBytes()).Span) is { } reason
            ? putAside(context, new UnreadableMessageException(reason))
            : next.Send(context);

    public void Probe(ProbeContext context) => context.CreateFilterScope("jsonObjectsOnly");

    private string? FaultOf(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return "empty body";
        }

        if (withLimits && body.Length > CommandBody.MaxLength)
        {
            return "too large";
        }

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = CommandBody.MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return "no JSON object";
            }

            return !withLimits || reader.TrySkip() ? null : "not JSON";
        }
        catch (JsonException)
        {
            return reader.CurrentDepth >= CommandBody.MaxDepth ? "nested too deep" : "not JSON";
        }
    }
}
