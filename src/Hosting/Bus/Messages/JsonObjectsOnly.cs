using System.Text.Json;
using MassTransit;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>
/// Stands before the deserializer, which takes an empty body for an empty object and an array for a message without fields, so that
/// both would count as handled. It stands before MassTransit's own handling of errors, too, so it puts aside what it stops.
/// </summary>
/// <param name="putAside">Puts aside what is stopped.</param>
/// <param name="withLimits">Bodies have the limits of requests. The endpoints of commands check those themselves, since they
/// answer.</param>
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
