using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OtpPipeline.Hosting.Bus.Connection;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OtpPipeline.Hosting.Bus;

/// <summary>Checks every exchange and queue of the pipeline at intervals, and declares what is missing.</summary>
/// <remarks>
/// Each check binds all queues again, because AMQP cannot query a binding. Each check also publishes, so that the broker reports blocked
/// publishers on this connection. The bus starts after the first check.
/// </remarks>
public sealed partial class BrokerWatch(
    IOptions<RabbitMqOptions> options, BrokerProblems problems, IHostEnvironment environment,
    ILogger<BrokerWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RetryOfFirstCheck = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _wake = new(0);
    private readonly TaskCompletionSource _firstCheck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _unannounced;

    /// <summary>Completes when every queue that this user may declare exists and accepts consumers.</summary>
    public Task FirstCheck => _firstCheck.Task;

    private bool IsFirst => !_firstCheck.Task.IsCompleted;

    /// <summary>Checks now instead of at the next interval.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    /// <summary>Reports a message that the broker returned: no queue is bound for it.</summary>
    public void Returned(string exchange)
    {
        Report($"A message found no queue behind the exchange {exchange}; its bindings are made again.");
        Wake();
    }

    /// <summary>The broker's text for a missing exchange or queue (code 404); null for any other failure.</summary>
    public static string? WhatIsMissing(Exception? failure) =>
        failure?.GetBaseException() is OperationInterruptedException { ShutdownReason: { ReplyCode: Constants.NotFound } reason }
            ? reason.ReplyText
            : null;

    /// <summary>Reports an exchange or queue that a publisher did not find.</summary>
    /// <remarks>MassTransit declares it again at once, so the next check may not find it missing.</remarks>
    /// <param name="missing">The broker's text, which names the exchange or queue.</param>
    public void NotFound(string missing)
    {
        Report($"An exchange or queue was missing ({missing}); it is declared again. Subscribers have to bind their own queues to an " +
            $"exchange again.");
        Wake();
    }

    /// <summary>Reports callbacks that a job found in the database because their message did not arrive.</summary>
    public void Unannounced(int callbacks)
    {
        if (callbacks > 0)
        {
            Interlocked.Add(ref _unannounced, callbacks);
            Wake();
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Interrupted(failure.GetBaseException());
            }

            problems.BlockedReason = null;
            await WaitAsync(IsFirst ? RetryOfFirstCheck : options.Value.CheckInterval, stoppingToken);
        }
    }

    /// <summary>Logs an outage once; the health report shows it until it ends.</summary>
    private void Interrupted(Exception failure)
    {
        var reason = failure.GetType().Name;
        if (!string.Equals(problems.Disconnected, reason, StringComparison.Ordinal))
        {
            Log.Disconnected(logger, reason, failure.Message);
        }

        problems.Disconnected = reason;
    }

    /// <summary>Checks until the connection ends.</summary>
    private async Task WatchAsync(CancellationToken stopping)
    {
        await using var connection = await options.Value.Resolve().ConnectAsync(
            $"OtpPipeline ({environment.ApplicationName}, watch)", BrokerTls.Read(options.Value, []), stopping);
        connection.ConnectionBlockedAsync += (_, blocked) =>
        {
            problems.BlockedReason = blocked.Reason;
            Log.Blocked(logger, blocked.Reason);
            return Task.CompletedTask;
        };
        connection.ConnectionUnblockedAsync += (_, _) =>
        {
            problems.BlockedReason = null;
            Log.Unblocked(logger);
            Wake();
            return Task.CompletedTask;
        };
        while (connection.IsOpen)
        {
            // The broker reads nothing from a connection that it blocks.
            if (problems.BlockedReason is null)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                limit.CancelAfter(Patience);
                await LookAsync(connection, limit.Token);
                problems.Disconnected = null;
            }

            await WaitAsync(options.Value.CheckInterval, stopping);
            stopping.ThrowIfCancellationRequested();
        }
    }

    private async Task LookAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var broker = new RecoveringChannel(connection, cancellationToken);
        var missing = await MissingAsync(broker);

        // The first check reports nothing: the broker may be new, or may have lost queues while no host ran.
        if (!IsFirst)
        {
            missing.ForEach(Report);
        }

        foreach (var queue in OtpBusTopology.Queues)
        {
            if (!await broker.TryAsync(c => QueueDeclarations.DeclareAsync(c, queue, missing.Count > 0 || IsFirst, cancellationToken)))
            {
                Report($"The queue {queue.Name}, or what leads to it, could not be declared: {broker.Refusal}");
            }
            else if (IsFirst)
            {
                await broker.TryAsync(c => QueueDeclarations.ConsumeOnceAsync(c, queue.Name, cancellationToken));
            }
        }

        _firstCheck.TrySetResult();

        // The message goes to no queue. The broker reports that it blocks publishers only to connections that publish.
        await broker.TryAsync(
            async c => await c.BasicPublishAsync("", "otp-watch", mandatory: false, ReadOnlyMemory<byte>.Empty, cancellationToken));
    }

    private async Task<List<string>> MissingAsync(RecoveringChannel broker)
    {
        var missing = new List<string>();
        foreach (var exchange in OtpBusTopology.Queues.SelectMany(q => q.Bindings).Select(b => b.Exchange).Distinct(StringComparer.Ordinal))
        {
            if (!await broker.TryAsync(c => c.ExchangeDeclarePassiveAsync(exchange, broker.Token)))
            {
                missing.Add(
                    $"The exchange {exchange} was missing; it is declared again. Subscribers have to bind their own queues to it again.");
            }
        }

        foreach (var queue in OtpBusTopology.Queues)
        {
            uint waiting = 0;
            if (!await broker.TryAsync(async c => waiting = (await c.QueueDeclarePassiveAsync(queue.Name, broker.Token)).MessageCount))
            {
                missing.Add($"The queue {queue.Name} was missing; it is declared and bound again.");
            }
            else if (queue.Name is OtpBusTopology.CallbackQueue && Interlocked.Exchange(ref _unannounced, 0) > 0 && waiting == 0)
            {
                Report($"Callbacks were sent without a message: the queue {queue.Name} was purged, or not bound. It was bound again.");
            }
        }

        return missing;
    }

    private void Report(string sentence)
    {
        if (problems.Report(sentence))
        {
            Log.Problem(logger, sentence);
        }
    }

    private async Task WaitAsync(TimeSpan pause, CancellationToken stopping) =>
        await ((Task)_wake.WaitAsync(pause, stopping)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
        public static partial void Problem(ILogger logger, string problem);

        [LoggerMessage(
            Level = LogLevel.Warning, Message = "The broker blocks publishers ({Reason}); messages wait in the outbox until it does not")]
        public static partial void Blocked(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "The broker takes messages again")]
        public static partial void Unblocked(ILogger logger);

        [LoggerMessage(
            Level = LogLevel.Warning, Message = "RabbitMQ cannot be used; the connection is tried again until it can ({Type}: {Error})")]
        public static partial void Disconnected(ILogger logger, string type, string error);
    }
}
