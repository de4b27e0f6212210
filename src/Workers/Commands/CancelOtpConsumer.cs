using System.Diagnostics;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>Cancels, with the same rules as DELETE /otp/{otpId}; a message id, where there is one, lets a repetition be answered alike.</summary>
public sealed class CancelOtpConsumer(CommandEndpoint endpoint, OtpCancellation cancellation, DatabaseCircuitBreaker database) : IConsumer<Incoming<CancelDraft>>
{
    public async Task Consume(ConsumeContext<Incoming<CancelDraft>> context)
    {
        var command = context.Message;
        var result = await ValidateAsync(command);
        if (result.Error is { } error)
        {
            await endpoint.RefuseAsync(command, error, OtpIdOf(command));
            return;
        }

        var answer = await database.RunAsync(() => cancellation.CancelAsync(result.Value, CancellationToken.None));
        endpoint.Done<CancelDraft>(answer.Error);
    }

    private async Task<Result<CancelCommand>> ValidateAsync(Incoming<CancelDraft> command)
    {
        var application = await endpoint.ApplicationOfAsync(command);
        if (application.Error is { } error)
        {
            return error;
        }

        if (OtpIdOf(command) is not { } otpId)
        {
            return OtpErrors.NotFound;
        }

        var trace = command.TraceParent ?? Activity.Current?.Id;
        return new CancelCommand(application.Value, otpId, command.MessageId, trace)
        {
            Announce = command.Reply is not { } route
                ? null
                : (batch, answer) => CommandEndpoint.Answer(batch, route, answer.Error, otpId, () => new OtpCancelled(otpId, answer.TrackId), trace),
        };
    }

    private static Guid? OtpIdOf(Incoming<CancelDraft> command) =>
        command.Draft.Error is null && Guid.TryParse(command.Draft.Value.OtpId.Text, out var id) ? id : null;
}
