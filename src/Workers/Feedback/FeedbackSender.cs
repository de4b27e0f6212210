using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Workers.Providers;
using OtpPipeline.Workers.Providers.Http;
using OtpPipeline.Workers.Providers.Reservations;

namespace OtpPipeline.Workers.Feedback;

/// <summary>Tells a provider of the end of an OTP. Every result or failure becomes an outcome.</summary>
/// <remarks>
/// A provider that fails in a row, or asks to wait, is left alone for a while. That is counted apart from the provider's messages, so that
/// feedback never holds up a delivery.
/// </remarks>
public sealed class FeedbackSender
{
    private const int BreakerFailures = 5;
    private static readonly TimeSpan LongestCall = PendingFeedback.LostAfter / 2;
    private static readonly TimeSpan BreakerPause = TimeSpan.FromSeconds(5);

    private readonly FrozenDictionary<string, (HttpProvider Provider, ProviderState State)> _providers;
    private readonly IOptions<DeliveryOptions> _deliveries;
    private readonly TimeProvider _time;

    public FeedbackSender(
        IEnumerable<IOtpProvider> providers, IOptions<DeliveryOptions> deliveries, TimeProvider time, ILogger<FeedbackSender> logger)
    {
        (_deliveries, _time) = (deliveries, time);
        _providers = providers.OfType<HttpProvider>().Where(p => p.TakesFeedback).ToFrozenDictionary(
            p => p.Name,
            p => (p, new ProviderState(
                new($"{p.Name} (feedback)", BreakerFailures: BreakerFailures, BreakerPause: BreakerPause), null, time, logger)),
            StringComparer.Ordinal);
    }

    public async Task<SendOutcome> SendAsync(MessageFeedback feedback)
    {
        if (!_providers.TryGetValue(feedback.Provider, out var known))
        {
            return new SendOutcome.Refused("provider_missing");
        }

        var entry = await known.State.EnterAsync(int.MaxValue);
        if (entry.Place is not { } place)
        {
            return new SendOutcome.Throttled("left_alone", entry.Wait);
        }

        using (place)
        {
            var outcome = await CallAsync(known.Provider, feedback);
            place.Report(outcome);
            return outcome;
        }
    }

    private async Task<SendOutcome> CallAsync(HttpProvider provider, MessageFeedback feedback)
    {
        var timeout = _deliveries.Value.From(feedback.Channel).Timeout;
        using var deadline = new CancellationTokenSource(timeout < LongestCall ? timeout : LongestCall, _time);
        try
        {
            return await provider.TellAsync(feedback, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return new SendOutcome.Unknown("timeout");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            // The end of ConnectTimeout is an OperationCanceledException too.
            return new SendOutcome.ProviderFailed("unavailable");
        }
    }
}
