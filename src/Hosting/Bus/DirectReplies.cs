using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OtpPipeline.Hosting.Bus.Connection;
using OtpPipeline.Outbox;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OtpPipeline.Hosting.Bus;

/// <summary>Asks the broker, on a separate connection, whether a client waits at a direct reply address.</summary>
/// <remarks>
/// RabbitMQ decodes the address. It fails at one that it did not make, or whose node is gone, and closes the connection that uses it. On
/// the connection of the bus, one forged address would stop the messages of all tenants.
/// </remarks>
public sealed partial class DirectReplies(
    IOptions<RabbitMqOptions> options, IHostEnvironment environment, ILogger<DirectReplies> logger) : IAsyncDisposable
{
    /// <summary>The prefix of every direct reply address.</summary>
    public const string Prefix = "amq.rabbitmq.reply-to.";

    private const int InternalError = 541;
    private const int NotFound = 404;

    // Each forged address costs a connection: a caller that waits longer gives its turn to others and retries later.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private readonly SemaphoreSlim _turn = new(1);
    private IConnection? _connection;

    /// <summary>Whether the name has the form of an address that RabbitMQ makes: a process of a node, and a key.</summary>
    public static bool IsAddress(string queue)
    {
        Span<byte> process = stackalloc byte[256];
        return Form().IsMatch(queue)
            && Base64.DecodeFromUtf8(Encoding.ASCII.GetBytes(queue[Prefix.Length..queue.LastIndexOf('.')]), process, out _, out var length) == System.Buffers.OperationStatus.Done
            && IsProcess(process[..length]);
    }

    /// <summary>False where no client waits there, so that the answer can be dropped.</summary>
    /// <exception cref="MessageRefusedException">Too many callers wait for this check.</exception>
    public async Task<bool> IsAwaitedAsync(string queue, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(Patience, cancellationToken))
        {
            throw new MessageRefusedException(new TimeoutException("The direct reply address could not be checked yet."));
        }

        try
        {
            _connection = _connection is { IsOpen: true } open ? open : await ConnectAsync(cancellationToken);
            await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
            await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
            return true;
        }
        catch (OperationInterruptedException failure) when (failure.ShutdownReason?.ReplyCode is NotFound or InternalError)
        {
            Log.NotAwaited(logger, failure.ShutdownReason.ReplyCode);
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        _turn.Dispose();
    }

    private async Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        return await options.Value.Resolve().ConnectAsync(
            $"OtpPipeline ({environment.ApplicationName}, replies)", BrokerTls.Read(options.Value, []), cancellationToken);
    }

    /// <summary>Erlang's external term format of a process at "reply@", where the broker puts a hash instead of its node's name.</summary>
    private static bool IsProcess(ReadOnlySpan<byte> term)
    {
        const int Numbers = 12;
        return term is [131, 88, 118, 0, var length, .. var rest] && rest.Length == length + Numbers
            && Node().IsMatch(Encoding.Latin1.GetString(rest[..length]));
    }

    [GeneratedRegex(@"\Aamq\.rabbitmq\.reply-to\.[A-Za-z0-9+/]{20,200}={0,2}\.[A-Za-z0-9+/]{22}==\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Form();

    [GeneratedRegex(@"\Areply@[0-9]{1,10}\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Node();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Nobody waits at a direct reply address (AMQP {Code}); the answer is dropped")]
        public static partial void NotAwaited(ILogger logger, int code);
    }
}
