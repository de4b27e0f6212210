using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using MassTransit;
using OtpPipeline.Core.DeadLetters;
using RabbitMQ.Client;

namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>Reads a message as its sender made it from what the broker delivered.</summary>
public static class OriginalMessages
{
    private const int LongestText = 255;

    private static readonly FrozenSet<string> BrokersReasons = new[] { "rejected", "expired", "maxlen", "delivery_limit" }.ToFrozenSet(
        StringComparer.Ordinal);

    /// <summary>AMQP's properties; empty where the message did not come from a broker.</summary>
    public static IReadOnlyBasicProperties PropertiesOf(ReceiveContext context) =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivered) ? delivered.Properties : new BasicProperties();

    /// <summary>A text that fits into a property; null otherwise.</summary>
    /// <remarks>Broken bytes can become longer when they are read and written again.</remarks>
    public static string? Fitting(string? text) => text is not null && Encoding.UTF8.GetByteCount(text) <= LongestText ? text : null;

    /// <summary>The message as its sender made it, for the encrypted copy.</summary>
    public static OriginalMessage From(IReadOnlyBasicProperties properties, byte[] body) => new(
        body,
        properties.ContentType,
        Fitting(properties.MessageId),
        Fitting(properties.CorrelationId),
        Fitting(properties.ReplyTo),
        Fitting(properties.Type),
        properties.UserId,
        TextsOf(properties));

    /// <summary>The properties that the broker or the pipeline set, which can hold no secret.</summary>
    public static IReadOnlyDictionary<string, string> SafeHeadersOf(IReadOnlyBasicProperties properties)
    {
        var safe = new Dictionary<string, string>(StringComparer.Ordinal);
        if (properties.UserId is { Length: > 0 } user)
        {
            safe["user_id"] = user;
        }

        if (DeathOf(properties) is { } death)
        {
            safe["x-death-reason"] = death;
        }

        return safe;
    }

    /// <summary>Why the broker moved the message; null where it did not.</summary>
    /// <remarks>Any sender can write the header, so only the broker's known reasons are taken from it.</remarks>
    public static string? DeathOf(IReadOnlyBasicProperties properties) =>
        properties.Headers?.TryGetValue("x-death", out var deaths) == true
        && deaths is IEnumerable<object> list
        && list.FirstOrDefault() is IDictionary<string, object?> death
        && death.TryGetValue("reason", out var reason)
            ? TextOf(reason) is { } text && BrokersReasons.TryGetValue(text, out var known) ? known : "of no known reason"
            : null;

    private static Dictionary<string, string> TextsOf(IReadOnlyBasicProperties properties)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in properties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal))
        {
            // Only the broker writes lists and tables, such as x-death.
            if (TextOf(value) is { } text)
            {
                texts[name] = text;
            }
        }

        return texts;
    }

    private static string? TextOf(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        string text => text,
        bool or int or long or double => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}
