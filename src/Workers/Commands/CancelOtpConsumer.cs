using System.Diagnostics;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>Cancels, through the same room as DELETE /otp/{otpId}; a message id, where there is one, lets a repetition be answered alike.</summary>
public sealed class CancelOtpConsumer(CommandDoor door, OtpCancellation cancellation, DatabaseGate database) : IConsumer<Incoming<CancelDraft>>
{
    public async Task Consume(ConsumeContext<Incoming<CancelDraft>> context)
    {
        var command = context.Message;
        var judged = await JudgeAsync(command);
        if (judged.Refusal is { } refusal)
        {
            await door.RefuseAsync(command, refusal, OtpIdOf(command));
            return;
        }

        var answer = await database.RunAsync(() => cancellation.CancelAsync(judged.Value, CancellationToken.None));
        door.Done<CancelDraft>(answer.Refusal);
    }

    private async Task<Judged<CancelCommand>> JudgeAsync(Incoming<CancelDraft> command)
    {
        var application = await door.ApplicationOfAsync(command);
        if (application.Refusal is { } refusal)
        {
            return refusal;
        }

        if (OtpIdOf(command) is not { } otpId)
        {
            return Refusals.NotFound;
        }

        var trace = command.TraceParent ?? Activity.Current?.Id;
        return new CancelCommand(application.Value, otpId, command.MessageId, trace)
        {
            Announce = command.Reply is not { } route
                ? null
                : (batch, answer) => CommandDoor.Answer(batch, route, answer.Refusal, otpId, () => new OtpCancelled(otpId, answer.TrackId), trace),
        };
    }

    private static Guid? OtpIdOf(Incoming<CancelDraft> command) =>
        command.Draft.Refusal is null && Guid.TryParse(command.Draft.Value.OtpId.Text, out var id) ? id : null;
}
