using System.Net.Sockets;
using System.Text.Json;
using MassTransit;

namespace OtpPipeline.Outbox;

/// <summary>What the host tells the outbox in code: its message types and its transport's particulars.</summary>
public sealed class OutboxSetup
{
    private readonly Dictionary<string, Type> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _encrypted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _encryptedHeaders = new(StringComparer.Ordinal);

    /// <summary>
    /// How bodies are written and read; camelCase as on the web unless set. Give a source-generated context's options here.
    /// </summary>
    public JsonSerializerOptions Json { get; set; } = JsonSerializerOptions.Web;

    /// <summary>Called with each message before it goes out, after the outbox has set its own properties.</summary>
    public Action<SendContext>? OnSend { get; set; }

    /// <summary>
    /// Tells errors of the connection, which say nothing of the message, from errors of the message; beside those that the outbox knows
    /// itself (MassTransit's ConnectionException, time-outs, sockets).
    /// </summary>
    public Func<Exception, bool>? IsBrokerDown { get; set; }

    /// <summary>
    /// Tells errors by which a broker that is there refuses the message, such as a full queue, whatever error they are wrapped in.
    /// </summary>
    public Func<Exception, bool>? IsRefused { get; set; }

    /// <summary>Whether the error, or what caused it, is such a refusal.</summary>
    internal bool SaysRefused(Exception error) => CausesOf(error).Any(c => c is MessageRefusedException || IsRefused?.Invoke(c) == true);

    /// <summary>Whether the error, or what caused it, is the connection's.</summary>
    internal bool SaysBrokerDown(Exception error) => CausesOf(error).Any(c =>
        c is ConnectionException or TransportUnavailableException or TimeoutException or OperationCanceledException or IOException or SocketException
        || IsBrokerDown?.Invoke(c) == true);

    /// <summary>Asked before a message is sent to an address; false drops it.</summary>
    public Func<OutboxMessage, CancellationToken, Task<bool>>? IsAwaited { get; set; }

    /// <summary>Called with each failed try of a publish, also one that MassTransit repeats.</summary>
    public Action<Exception>? OnFailed { get; set; }

    /// <summary>Encrypts a body before it is stored, for types that are mapped so.</summary>
    public Func<string, string>? Encrypt { get; set; }

    /// <summary>Turns a stored body back; throws where that cannot be done.</summary>
    public Func<string, string>? Decrypt { get; set; }

    /// <summary>Wire names of the types whose bodies are stored encrypted.</summary>
    public IReadOnlySet<string> Encrypted => _encrypted;

    /// <summary>Names of the headers whose values are stored encrypted.</summary>
    public IReadOnlySet<string> EncryptedHeaders => _encryptedHeaders;

    /// <summary>
    /// False while the bus still starts: what is committed meanwhile is left to other processes at once. Always ready unless set.
    /// </summary>
    public Func<bool>? IsReady { get; set; }

    /// <summary>The message types by their wire names.</summary>
    public IReadOnlyDictionary<string, Type> Types => _types;

    /// <summary>Stores the values of this header encrypted: <see cref="Encrypt"/> and <see cref="Decrypt"/> must be set.</summary>
    public OutboxSetup EncryptHeader(string name)
    {
        _encryptedHeaders.Add(name);
        return this;
    }

    /// <summary>Lets messages of this type be stored under this wire name, which is for ever.</summary>
    /// <param name="wireName">The name.</param>
    /// <param name="encrypted">Bodies hold what no column may show: <see cref="Encrypt"/> and <see cref="Decrypt"/> must be set.</param>
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
