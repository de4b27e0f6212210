using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OtpPipeline.Hosting.Bus.Connection;

/// <summary>One channel at a time: the broker closes it with each refusal, and the next call opens another.</summary>
internal sealed class RecoveringChannel(IConnection connection, CancellationToken token) : IAsyncDisposable
{
    private IChannel? _channel;

    public CancellationToken Token => token;

    public string? Refusal { get; private set; }

    /// <summary>False where the broker refuses: the object is missing, has other arguments, or the user lacks the permission.</summary>
    public async Task<bool> TryAsync(Func<IChannel, Task> act)
    {
        _channel ??= await connection.CreateChannelAsync(cancellationToken: token);
        try
        {
            await act(_channel);
            return true;
        }
        catch (OperationInterruptedException failure)
            when (failure.ShutdownReason?.ReplyCode is Constants.AccessRefused or Constants.NotFound or Constants.PreconditionFailed)
        {
            Refusal = failure.ShutdownReason.ReplyText;
            await _channel.DisposeAsync();
            _channel = null;
            return false;
        }
    }

    public ValueTask DisposeAsync() => _channel?.DisposeAsync() ?? ValueTask.CompletedTask;
}
