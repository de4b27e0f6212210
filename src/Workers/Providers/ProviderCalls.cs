using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Stores;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Providers;

/// <summary>Calls the provider of a claimed delivery within the channel's time-out. Every result or failure becomes an outcome.</summary>
public sealed partial class ProviderCalls(
    IEnumerable<IOtpProvider> providers, IOptions<DeliveryOptions> options, TimeProvider time, DeliveryMetrics metrics,
    ILogger<ProviderCalls> logger)
{
    /// <summary>Reason for a message not sent because its claim had ended or was about to end.</summary>
    public const string ClaimOver = "claim_over";

    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly FrozenDictionary<string, IOtpProvider> _providers = providers.ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);

    public async Task<SendOutcome> SendAsync(OutgoingDelivery outgoing)
    {
        var delivery = outgoing.Delivery;
        if (!_providers.TryGetValue(delivery.Provider ?? "", out var provider))
        {
            // A host with another configuration queued it. A host that knows this provider may run in parallel.
            Log.NoSuchProvider(logger, delivery.Id, delivery.Provider ?? "");
            return new SendOutcome.NotSent("provider_missing");
        }

        using var activity = WorkerTelemetry.Source.StartActivity("otp send", ActivityKind.Client);
        activity?.SetTag("otp.id", delivery.OtpId);
        activity?.SetTag("otp.channel", delivery.Channel.Text());
        activity?.SetTag("otp.provider", delivery.Provider);
        activity?.SetTag("otp.attempt", delivery.Attempt);
        var start = time.GetTimestamp();
        var outcome = await CallAsync(provider, outgoing);
        metrics.Answered(delivery, outcome, time.GetElapsedTime(start));
        activity?.SetTag("otp.outcome", outcome.GetType().Name);
        if (outcome is not SendOutcome.Accepted)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
        }

        return outcome;
    }

    private async Task<SendOutcome> CallAsync(IOtpProvider provider, OutgoingDelivery outgoing)
    {
        var timeout = options.Value.From(outgoing.Delivery.Channel).Timeout;

        // A process that was frozen since the claim must not send a message that another process may have claimed since.
        var lease = (outgoing.Lease ?? LeaseClock.Start(time, options.Value.Lease)).ForCall(timeout);
        if (lease.IsOver)
        {
            Log.ClaimOver(logger, outgoing.Delivery.Id, provider.Name);
            return new SendOutcome.NotSent(ClaimOver);
        }

        using var deadline = new CancellationTokenSource(timeout, time);
        try
        {
            // A provider that obeys its token may still report that nothing was sent; one that ignores it must not block the consumer.
            return await provider.SendAsync(outgoing with { Lease = lease }, deadline.Token).WaitAsync(timeout + Grace, time);
        }
        catch (Exception late) when (late is TimeoutException || (late is OperationCanceledException && deadline.IsCancellationRequested))
        {
            Log.TimedOut(logger, outgoing.Delivery.Id, provider.Name, timeout);
            return new SendOutcome.Unknown("timeout");
        }
        catch (HttpRequestException failure) when (NeverWentOut(failure))
        {
            Log.Unreachable(logger, outgoing.Delivery.Id, provider.Name, failure.HttpRequestError);
            return new SendOutcome.ProviderFailed("unavailable");
        }
        catch (Exception failure)
        {
            // Log the type only: the text may hold the message, or an address with a token.
            Log.AnswerLost(logger, outgoing.Delivery.Id, provider.Name, failure.GetType().Name);
            return new SendOutcome.Unknown("connection_lost");
        }
    }

    private static bool NeverWentOut(HttpRequestException failure) =>
        failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "Delivery {DeliveryId}: the claim ended before {Provider} was called; nothing was sent")]
        public static partial void ClaimOver(ILogger logger, Guid deliveryId, string provider);

        [LoggerMessage(
            Level = LogLevel.Warning, Message = "Delivery {DeliveryId} wants the provider {Provider}, which this host does not have")]
        public static partial void NoSuchProvider(ILogger logger, Guid deliveryId, string provider);

        [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId}: {Provider} did not answer within {Timeout}")]
        public static partial void TimedOut(ILogger logger, Guid deliveryId, string provider, TimeSpan timeout);

        [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId}: {Provider} cannot be reached ({Error})")]
        public static partial void Unreachable(ILogger logger, Guid deliveryId, string provider, HttpRequestError error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Delivery {DeliveryId}: the answer of {Provider} is lost ({Error})")]
        public static partial void AnswerLost(ILogger logger, Guid deliveryId, string provider, string error);
    }
}
