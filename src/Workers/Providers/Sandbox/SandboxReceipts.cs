using System.Collections.Concurrent;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Workers.Providers.Sandbox;

/// <summary>Makes the receipts of the sandbox's scripts, as a provider would send them.</summary>
/// <remarks>They wait in memory: those that are not due yet when the process ends are never made.</remarks>
public sealed partial class SandboxReceipts(ReceiptRecording recording, TimeProvider time, ILogger<SandboxReceipts> logger)
    : IAsyncDisposable
{
    private const int Tries = 5;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Makes the receipts that come before the answer, and starts those that come after it.</summary>
    public async Task PlayAsync(string recipient, Delivery delivery, string messageId, CancellationToken cancellationToken)
    {
        switch (SandboxScripts.From(recipient))
        {
            case SandboxScript.ReceiveEarly:
                await recording.RecordAsync(Received(delivery, messageId, ReceiptStatus.Delivered), cancellationToken);
                break;
            case SandboxScript.Receive:
                Start(delivery, messageId, TimeSpan.Zero, ReceiptStatus.Delivered);
                break;
            case SandboxScript.ReceiveTwice:
                Start(delivery, messageId, TimeSpan.Zero, ReceiptStatus.Delivered, ReceiptStatus.Delivered);
                break;
            case SandboxScript.Read:
                Start(delivery, messageId, TimeSpan.Zero, ReceiptStatus.Delivered, ReceiptStatus.Read);
                break;
            case SandboxScript.Lose or SandboxScript.LoseAfter:
                Start(delivery, messageId, SandboxScripts.TimeOf(recipient), ReceiptStatus.Undelivered);
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Keys);
        _stop.Dispose();
    }

    private void Start(Delivery delivery, string messageId, TimeSpan delay, params ReceiptStatus[] statuses)
    {
        var running = Task.Run(() => SendAsync(delivery, messageId, delay, statuses), CancellationToken.None);
        _running.TryAdd(running, true);
        _ = running.ContinueWith(
            t => _running.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task SendAsync(Delivery delivery, string messageId, TimeSpan delay, ReceiptStatus[] statuses)
    {
        try
        {
            await Task.Delay(delay, time, _stop.Token);
            await UntilServedAsync(() => AnsweredAsync(delivery));
            foreach (var status in statuses)
            {
                await UntilServedAsync(() => recording.RecordAsync(Received(delivery, messageId, status), CancellationToken.None));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            Log.Stopped(logger, delivery.Id);
        }
        catch (Exception failure)
        {
            Log.Failed(logger, failure, delivery.Id);
        }
    }

    /// <summary>Waits until our own answer is written, so that each change comes in the same order every time.</summary>
    private async Task<bool> AnsweredAsync(Delivery delivery)
    {
        while ((await recording.FindAsync(TokenOf(delivery), CancellationToken.None))?.Status == DeliveryStatus.Sending)
        {
            await Task.Delay(LookAgain, time, _stop.Token);
        }

        return true;
    }

    /// <summary>Tries again while the database does not serve it, as a provider does on 503.</summary>
    private async Task UntilServedAsync<T>(Func<Task<T>> call)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception failure) when (tries < Tries && StoreFailures.IsTransient(failure))
            {
                await Task.Delay(TryAgain, time, _stop.Token);
            }
        }
    }

    private static ReceiptToken TokenOf(Delivery delivery) => new(delivery.OtpId, delivery.Step, delivery.Attempt);

    private static ReceivedReceipt Received(Delivery delivery, string messageId, ReceiptStatus status) =>
        new(ProviderChoice.Sandbox, new(status, status == ReceiptStatus.Undelivered ? "absent" : null, messageId)) { Token = TokenOf(delivery) };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId}: the sandbox stopped before its receipt")]
        public static partial void Stopped(ILogger logger, Guid deliveryId);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Delivery {DeliveryId}: a receipt of the sandbox could not be written")]
        public static partial void Failed(ILogger logger, Exception failure, Guid deliveryId);
    }
}
