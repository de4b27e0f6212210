using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OtpPipeline.Outbox;

/// <summary>Writes messages as JSON under their mapped type names and reads them back.</summary>
public sealed class OutboxSerializer
{
    private readonly FrozenDictionary<Type, (string Name, JsonTypeInfo Json)> _byType;
    private readonly FrozenDictionary<string, JsonTypeInfo> _byName;
    private readonly OutboxSetup _setup;

    /// <summary>Throws if the JSON options cannot write a mapped type or an encrypted type has no encryption.</summary>
    public OutboxSerializer(OutboxSetup setup)
    {
        if (setup.Encrypted.Count + setup.EncryptedHeaders.Count > 0 && (setup.Encrypt is null || setup.Decrypt is null))
        {
            throw new InvalidOperationException(
                "The outbox has message types or headers that are stored encrypted, and nothing that encrypts them.");
        }

        _setup = setup;
        _byName = setup.Types.ToFrozenDictionary(t => t.Key, t => setup.Json.GetTypeInfo(t.Value), StringComparer.Ordinal);
        _byType = _byName.ToFrozenDictionary(t => t.Value.Type, t => (t.Key, t.Value));
    }

    /// <summary>Returns the type name and the body; throws if the type is not mapped.</summary>
    public (string MessageType, string Body) Write<T>(T message)
        where T : class
    {
        if (!_byType.TryGetValue(typeof(T), out var known))
        {
            throw new InvalidOperationException($"Message type {typeof(T).Name} has no wire name: map it where AddOutbox is called.");
        }

        var body = JsonSerializer.Serialize(message, known.Json);
        return (known.Name, _setup.Encrypted.Contains(known.Name) ? _setup.Encrypt!(body) : body);
    }

    /// <summary>Returns the headers in stored form; null if there are none.</summary>
    public string? WriteHeaders(IReadOnlyDictionary<string, string>? headers) =>
        headers is { Count: > 0 } ? JsonSerializer.Serialize(Each(headers, _setup.Encrypt)) : null;

    /// <summary>Reads the headers of a stored row; throws if one cannot be decrypted.</summary>
    public IReadOnlyDictionary<string, string> ReadHeaders(OutboxMessage row) =>
        Each(row.Headers is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(row.Headers) ?? [], _setup.Decrypt);

    /// <summary>Reads the message of a stored row; throws if its type name is unknown or its body is unreadable.</summary>
    public OutgoingMessage Read(OutboxMessage row)
    {
        if (!_byName.TryGetValue(row.MessageType, out var json))
        {
            throw new UnknownMessageTypeException($"No message type is mapped to the wire name \"{row.MessageType}\".");
        }

        var body = _setup.Encrypted.Contains(row.MessageType) ? _setup.Decrypt!(row.Body) : row.Body;
        var message = JsonSerializer.Deserialize(body, json) ?? throw new JsonException("The stored body is null.");
        return new OutgoingMessage(row, message, json.Type);
    }

    private IReadOnlyDictionary<string, string> Each(IReadOnlyDictionary<string, string> headers, Func<string, string>? change) =>
        headers.Keys.Any(_setup.EncryptedHeaders.Contains)
            ? headers.ToDictionary(
                h => h.Key, h => _setup.EncryptedHeaders.Contains(h.Key) ? change!(h.Value) : h.Value, StringComparer.Ordinal)
            : headers;
}

/// <summary>This process does not know a stored row's message type, for example one of a newer version.</summary>
public sealed class UnknownMessageTypeException(string message) : Exception(message);
