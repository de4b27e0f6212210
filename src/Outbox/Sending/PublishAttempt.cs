using MassTransit;

namespace OtpPipeline.Outbox.Sending;

/// <summary>One publish, which MassTransit may try several times.</summary>
internal sealed class PublishAttempt
{
    private readonly TaskCompletionSource<Exception> _refusal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the broker refuses the message; otherwise never.</summary>
    public Task<Exception> Refusal => _refusal.Task;

    public void Refuse(Exception refusal) => _refusal.TrySetResult(refusal);

    public void ThrowIfRefused()
    {
        if (_refusal.Task.IsCompletedSuccessfully)
        {
            throw new MessageRefusedException(_refusal.Task.Result);
        }
    }
}

/// <summary>Reports a refusal by the broker to the publish attempt.</summary>
internal sealed class RefusalObserver(OutboxSetup setup) : ISendObserver, IPublishObserver
{
    public Task PreSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PostSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => Tell(context, exception);

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Tell(context, exception);

    private Task Tell(PipeContext context, Exception exception)
    {
        if (context.TryGetPayload<PublishAttempt>(out var attempt))
        {
            setup.OnFailed?.Invoke(exception);
            if (setup.SaysRefused(exception))
            {
                attempt.Refuse(exception);
            }
        }

        return Task.CompletedTask;
    }
}
