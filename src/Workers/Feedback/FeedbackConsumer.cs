using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Feedback;

/// <summary>A provider took no feedback after all attempts, or refused it.</summary>
public sealed class FeedbackFailedException() : Exception("A provider did not take the feedback.");

/// <summary>Tells providers of the end of OTPs. A message is only a trigger: what is told is read from the database.</summary>
/// <remarks>A command that comes twice tells the provider the same twice.</remarks>
public sealed partial class FeedbackConsumer(
    DeliveryFeedback deliveries, FeedbackSender sender, DatabaseCircuitBreaker database, IOptions<FeedbackOptions> options,
    FeedbackMetrics metrics, ILogger<FeedbackConsumer> logger) : IConsumer<FeedbackDue>
{
    public async Task Consume(ConsumeContext<FeedbackDue> context)
    {
        var command = context.Message;
        var feedback = await database.RunAsync(() => deliveries.FindAsync(command.ApplicationId, command.OtpId, CancellationToken.None));
        if (feedback is null)
        {
            metrics.Skipped();
            return;
        }

        using var activity = WorkerTelemetry.Source.StartActivity("otp feedback", ActivityKind.Client);
        activity?.SetTag("otp.id", command.OtpId);
        activity?.SetTag("otp.provider", feedback.Provider);
        var outcome = await sender.SendAsync(feedback);
        activity?.SetTag("otp.outcome", outcome.GetType().Name);
        if (outcome is SendOutcome.Accepted)
        {
            metrics.Told(feedback.Provider);
            return;
        }

        activity?.SetStatus(ActivityStatusCode.Error);
        var pause = outcome is SendOutcome.Refused ? null : options.Value.PauseAfter(command.Attempt, outcome.Wait);
        if (pause is not { } delay)
        {
            metrics.Parked(feedback.Provider);
            Log.Parked(logger, feedback.DeliveryId, feedback.Provider, command.Attempt, outcome.Cause!);
            throw new FeedbackFailedException();
        }

        metrics.Failed(feedback.Provider);
        Log.Failed(logger, feedback.DeliveryId, feedback.Provider, command.Attempt, outcome.Cause!, delay);
        var next = command with { Attempt = Math.Max(command.Attempt, 1) + 1 };
        await database.RunAsync(async () =>
        {
            await deliveries.PostponeAsync(next, delay, Activity.Current?.Id, CancellationToken.None);
            return true;
        });
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "Feedback on delivery {DeliveryId} to {Provider}: attempt {Attempt} failed ({Reason}); the next in {Delay}")]
        public static partial void Failed(
            ILogger logger, Guid deliveryId, string provider, int attempt, string reason, TimeSpan delay);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Feedback on delivery {DeliveryId} to {Provider} is a dead letter after attempt {Attempt}: {Reason}")]
        public static partial void Parked(ILogger logger, Guid deliveryId, string provider, int attempt, string reason);
    }
}
