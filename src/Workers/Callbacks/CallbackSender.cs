using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>Returns the secrets that sign an application's callbacks; null if they are currently unknown.</summary>
public delegate IReadOnlyList<byte[]>? SecretsOfApplication(Guid applicationId);

/// <summary>
/// Sends leased callbacks from memory. A callback without capacity, or left at a stop, goes back to the table with a due time and no
/// attempt counted.
/// </summary>
public sealed partial class CallbackSender(
    CallbackExchange exchange,
    CallbackOutcomes outcomes,
    SecretsOfApplication secretsOf,
    OtpSecrets secrets,
    DatabaseCircuitBreaker database,
    CallbackMetrics metrics,
    IOptions<CallbackOptions> options,
    TimeProvider time,
    ILogger<CallbackSender> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UnsignedPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BusyPause = TimeSpan.FromSeconds(1);

    private readonly HostQueues<OutgoingCallback> _hosts = new(options.Value, time);
    private readonly ConcurrentDictionary<Guid, Task> _work = new();
    private readonly CancellationTokenSource _abort = new();

    /// <summary>True if claiming more callbacks of this application makes sense.</summary>
    public bool HasRoomFor(Guid applicationId) => _hosts.HasRoomFor(applicationId);

    /// <summary>Takes over a leased callback; never waits.</summary>
    public void Hand(OutgoingCallback callback)
    {
        if (!Uri.TryCreate(callback.Content.Url, UriKind.Absolute, out var uri))
        {
            Track(
                callback,
                () => ReportAsync(callback, new(new(null, CallbackReasons.AddressRefused, null), null, TimeSpan.Zero), host: default));
            return;
        }

        var host = HostKey.From(callback.ApplicationId, uri);
        switch (_hosts.Enter(host, callback, out var delay))
        {
            case Admission.Start:
                Start(callback, host);
                break;
            case Admission.PutBack:
                PutBack(callback, delay);
                break;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var waiting in _hosts.Close())
        {
            PutBack(waiting, TimeSpan.Zero);
        }

        var all = Task.WhenAll(_work.Values);
        await Task.WhenAny(all, Task.Delay(StopPatience, time, cancellationToken));
        await _abort.CancelAsync();
        await Task.WhenAll(_work.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _abort.Dispose();

    private void Start(OutgoingCallback callback, HostKey host) => Track(callback, () => SendAsync(callback, host));

    private async Task SendAsync(OutgoingCallback callback, HostKey host)
    {
        var (made, delay) = await TryAsync(callback, host);
        Follow(_hosts.Leave(host, made?.Host ?? HostResult.Unknown, made?.Duration ?? TimeSpan.Zero), host);
        if (made is null)
        {
            await PutBackAsync(callback, delay);
        }
        else
        {
            await ReportAsync(callback, made, host);
        }
    }

    /// <summary>Returns no result if no attempt was made; the callback then goes back for a while.</summary>
    private async Task<(MadeRequest? Made, TimeSpan Delay)> TryAsync(OutgoingCallback callback, HostKey host)
    {
        // The callback may have waited; the exchange and its report must end before the lease does.
        if (time.GetElapsedTime(callback.LeasedSince) > options.Value.Lease - options.Value.Timeout - CallbackOptions.LeaseMargin)
        {
            return (null, TimeSpan.Zero);
        }

        if (secretsOf(callback.ApplicationId) is not { } keys)
        {
            Log.NoSecrets(logger, callback.Id);
            return (null, UnsignedPause);
        }

        using var activity = WorkerTelemetry.Source.StartActivity("otp callback", ActivityKind.Client);
        activity?.SetTag("otp.callback", callback.Id);
        activity?.SetTag("server.address", host.Host);
        activity?.SetTag("server.port", host.Port);
        try
        {
            if (await exchange.SendAsync(callback, keys, _abort.Token) is not { } made)
            {
                return (null, BusyPause);
            }

            activity?.SetTag("http.response.status_code", made.Result.HttpStatus);
            activity?.SetStatus(made.Result.IsSuccess ? ActivityStatusCode.Unset : ActivityStatusCode.Error, made.Result.Error);
            return (made, TimeSpan.Zero);
        }
        catch (OperationCanceledException)
        {
            return (null, TimeSpan.Zero);
        }
    }

    private void Follow(QueueChange<OutgoingCallback> change, HostKey host)
    {
        foreach (var next in change.Start)
        {
            Start(next, host);
        }

        foreach (var back in change.PutBack)
        {
            PutBack(back, change.Delay);
        }
    }

    private async Task ReportAsync(OutgoingCallback callback, MadeRequest made, HostKey host)
    {
        var decision = CallbackSchedule.Decide(made.Result, callback.Failures, options.Value.Pauses, NextRandom());
        var answer = made.Answer is null ? null : secrets.EncryptCallbackAnswer(callback.Id, made.Answer);
        var attempt = new MadeAttempt(made.Duration, made.Result.HttpStatus, made.Result.Error, answer);
        metrics.Attempted(made, decision);
        if (!await database.RunAsync(() => outcomes.RecordAsync(new(callback.Id, callback.LeaseId, decision, attempt), CancellationToken.None)))
        {
            Log.TooLate(logger, callback.Id);
        }
        else if (made.RefusedNetwork is { } network)
        {
            Log.Refused(logger, callback.Id, host, network);
        }
        else if (decision.Status == CallbackStatus.Parked)
        {
            Log.Parked(logger, callback.Id, host, decision.Reason, made.Result.HttpStatus, made.Result.Error);
        }
        else if (decision.Status == CallbackStatus.Pending)
        {
            Log.Failed(logger, callback.Id, host, callback.Failures + 1, made.Result.HttpStatus, made.Result.Error, decision.Delay);
        }
    }

    private void PutBack(OutgoingCallback callback, TimeSpan delay) => Track(callback, () => PutBackAsync(callback, delay));

    private Task PutBackAsync(OutgoingCallback callback, TimeSpan delay)
    {
        metrics.PutBack();
        var spread = delay * (1 + (NextRandom() / 2));
        return database.RunAsync(
            () => outcomes.RecordAsync(
                new(callback.Id, callback.LeaseId, new(CallbackStatus.Pending, null, spread), Attempt: null), CancellationToken.None));
    }

    /// <summary>Runs the work in the background; a stop waits for it.</summary>
    private void Track(OutgoingCallback callback, Func<Task> work)
    {
        var id = Guid.CreateVersion7();
        var task = Task.Run(async () =>
        {
            try
            {
                await work();
            }
            catch (Exception failure) when (failure is OperationCanceledException or TimeoutException || StoreFailures.IsTransient(failure))
            {
                Log.Unreported(logger, callback.Id, failure.GetType().Name);
            }
            catch (Exception failure)
            {
                Log.Broken(logger, failure, callback.Id);
            }
            finally
            {
                _work.TryRemove(id, out _);
            }
        });
        _work[id] = task;
        if (task.IsCompleted)
        {
            _work.TryRemove(id, out _);
        }
    }

    private static double NextRandom() => RandomNumberGenerator.GetInt32(1_000_001) / 1_000_000.0;

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "Callback {CallbackId} to {Host}: attempt {Failures} failed ({Status} {Error}); the next in {Delay}")]
        public static partial void Failed(
            ILogger logger, Guid callbackId, HostKey host, int failures, int? status, string? error, TimeSpan delay);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Callback {CallbackId} to {Host} is parked: {Reason} ({Status} {Error})")]
        public static partial void Parked(ILogger logger, Guid callbackId, HostKey host, string? reason, int? status, string? error);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Callback {CallbackId} to {Host} is parked: it leads into {Network}, which callbacks may not reach unless " +
                "Callbacks:AllowedNetworks names it")]
        public static partial void Refused(ILogger logger, Guid callbackId, HostKey host, IPNetwork network);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "Callback {CallbackId}: its lease was over when its outcome was to be written; it is sent again")]
        public static partial void TooLate(ILogger logger, Guid callbackId);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Callback {CallbackId} waits: the secrets of its application are not known")]
        public static partial void NoSecrets(ILogger logger, Guid callbackId);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "Callback {CallbackId}: its outcome could not be written ({Error}); it is sent again when its lease ends")]
        public static partial void Unreported(ILogger logger, Guid callbackId, string error);

        [LoggerMessage(
            Level = LogLevel.Error, Message = "Callback {CallbackId} could not be handled; it is sent again when its lease ends")]
        public static partial void Broken(ILogger logger, Exception failure, Guid callbackId);
    }
}
