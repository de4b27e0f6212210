using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.DeadLetters;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Feedback;

/// <summary>A provider took no feedback after all attempts, or refused it.</summary>
public sealed class FeedbackFailedException() : Exception("A provider did not take the feedback.");

/// <summary>Tells providers of the end of OTPs. A message is only a trigger: what is told is read from the database.</summary>
/// <remarks>A command that comes again finds nothing owed, unless a worker died between the provider's answer and the commit.</remarks>
public sealed partial class FeedbackConsumer(
    DeliveryFeedback deliveries, FeedbackSender sender, DatabaseCircuitBreaker database, OtpSecrets secrets,
    IOptions<FeedbackOptions> options, FeedbackMetrics metrics, ILogger<FeedbackConsumer> logger) : IConsumer<FeedbackDue>
{
    public async Task Consume(ConsumeContext<FeedbackDue> context)
    {
        var command = context.Message;
        var owed = await database.RunAsync(() => deliveries.FindAsync(command, IsReplay(context.ReceiveContext), CancellationToken.None));
        if (owed is not { Message: var message })
        {
            metrics.Skipped();
            return;
        }

        // The dead letter of any failure from here on ends what this OTP owes; with nothing owed it ended above.
        context.ReceiveContext.GetOrAddPayload(() => command);
        using var activity = WorkerTelemetry.Source.StartActivity("otp feedback", ActivityKind.Client);
        activity?.SetTag("otp.id", command.OtpId);
        activity?.SetTag("otp.provider", message.Provider);
        var outcome = await sender.SendAsync(message);
        activity?.SetTag("otp.outcome", outcome.GetType().Name);
        if (outcome is SendOutcome.Accepted)
        {
            await database.RunAsync(() => deliveries.EndAsync(command.OtpId, CancellationToken.None));
            metrics.Told(message.Provider);
            return;
        }

        activity?.SetStatus(ActivityStatusCode.Error);
        var attempt = owed.Attempt ?? 1;
        var pause = owed.Attempt is null || outcome is SendOutcome.Refused ? null : options.Value.PauseAfter(attempt, outcome.Wait);
        if (pause is not { } delay)
        {
            metrics.Parked(message.Provider);
            Log.Parked(logger, message.DeliveryId, message.Provider, attempt, outcome.Cause!);
            throw new FeedbackFailedException();
        }

        metrics.Failed(message.Provider);
        Log.Failed(logger, message.DeliveryId, message.Provider, attempt, outcome.Cause!, delay);
        await database.RunAsync(
            () => deliveries.PostponeAsync(command.OtpId, attempt + 1, delay, Activity.Current?.Id, CancellationToken.None));
    }

    private bool IsReplay(ReceiveContext context) =>
        context.TransportHeaders.Get<string>(DeadLetterStore.ReplayHeader) is { } mark && secrets.DecryptReplayMark(mark) is not null;

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
