using System.Net.Sockets;
using System.Text.Json;
using MassTransit;

namespace OtpPipeline.Outbox;

/// <summary>Outbox settings that the host makes in code: message types and transport details.</summary>
public sealed class OutboxSetup
{
    private readonly Dictionary<string, Type> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _encrypted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _encryptedHeaders = new(StringComparer.Ordinal);

    /// <summary>JSON options for bodies; web defaults (camelCase) unless set. Set a source-generated context's options here.</summary>
    public JsonSerializerOptions Json { get; set; } = JsonSerializerOptions.Web;

    /// <summary>Called for each message before it is sent, after the outbox has set its own properties.</summary>
    public Action<SendContext>? OnSend { get; set; }

    /// <summary>
    /// Recognizes connection errors, which are not caused by the message. Adds to those that the outbox knows (MassTransit's
    /// ConnectionException, time-outs, sockets).
    /// </summary>
    public Func<Exception, bool>? IsBrokerDown { get; set; }

    /// <summary>
    /// Recognizes errors by which an available broker refuses the message, such as a full queue. Also called for inner exceptions.
    /// </summary>
    public Func<Exception, bool>? IsRefused { get; set; }

    /// <summary>True if the error or one of its causes is a refusal.</summary>
    internal bool SaysRefused(Exception error) => CausesOf(error).Any(c => c is MessageRefusedException || IsRefused?.Invoke(c) == true);

    /// <summary>True if the error or one of its causes is a connection error.</summary>
    internal bool SaysBrokerDown(Exception error) => CausesOf(error).Any(c =>
        c is ConnectionException or TransportUnavailableException or TimeoutException or OperationCanceledException or IOException or SocketException
        || IsBrokerDown?.Invoke(c) == true);

    /// <summary>Called before a message is sent to an address; false drops the message.</summary>
    public Func<OutboxMessage, CancellationToken, Task<bool>>? IsAwaited { get; set; }

    /// <summary>Called for each failed publish attempt, including those that MassTransit repeats.</summary>
    public Action<Exception>? OnFailed { get; set; }

    /// <summary>Encrypts a body before it is stored, for types mapped as encrypted.</summary>
    public Func<string, string>? Encrypt { get; set; }

    /// <summary>Decrypts a stored body; throws if it cannot.</summary>
    public Func<string, string>? Decrypt { get; set; }

    /// <summary>Type names whose bodies are stored encrypted.</summary>
    public IReadOnlySet<string> Encrypted => _encrypted;

    /// <summary>Names of the headers whose values are stored encrypted.</summary>
    public IReadOnlySet<string> EncryptedHeaders => _encryptedHeaders;

    /// <summary>
    /// False while the bus still starts; rows committed meanwhile are left to other processes at once. Always ready unless set.
    /// </summary>
    public Func<bool>? IsReady { get; set; }

    /// <summary>Message types by type name.</summary>
    public IReadOnlyDictionary<string, Type> Types => _types;

    /// <summary>Stores the values of this header encrypted; set <see cref="Encrypt"/> and <see cref="Decrypt"/>.</summary>
    public OutboxSetup EncryptHeader(string name)
    {
        _encryptedHeaders.Add(name);
        return this;
    }

    /// <summary>Maps this message type to a stored type name. The name must never change.</summary>
    /// <param name="wireName">The stored type name.</param>
    /// <param name="encrypted">Bodies hold secrets: set <see cref="Encrypt"/> and <see cref="Decrypt"/>.</param>
    public OutboxSetup Map<T>(string wireName, bool encrypted = false)
        where T : class
    {
        if (wireName.Length is 0 or > 100)
        {
            throw new ArgumentException("A wire name has 1 to 100 characters.", nameof(wireName));
        }

        if (_types.ContainsValue(typeof(T)) || !_types.TryAdd(wireName, typeof(T)))
        {
            throw new ArgumentException($"Wire name \"{wireName}\" or message type {typeof(T).Name} is mapped already.", nameof(wireName));
        }

        if (encrypted)
        {
            _encrypted.Add(wireName);
        }

        return this;
    }

    private static IEnumerable<Exception> CausesOf(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}
