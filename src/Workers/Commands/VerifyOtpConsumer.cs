using System.Diagnostics;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>
/// Judges what a user typed, through the same room as POST /otp/{otpId}: one commit holds the count of the guess and the answer. The
/// message id is the submission's id, so a command that comes again counts no second guess and is answered alike.
/// </summary>
public sealed class VerifyOtpConsumer(CommandDoor door, OtpVerification verification, OtpReader reader, DatabaseGate database) : IConsumer<Incoming<VerifyDraft>>
{
    public async Task Consume(ConsumeContext<Incoming<VerifyDraft>> context)
    {
        var command = context.Message;
        var judged = await JudgeAsync(command);
        if (judged.Refusal is { } refusal)
        {
            await door.RefuseAsync(command, refusal, OtpIdOf(command));
            return;
        }

        var answer = await database.RunAsync(() => verification.VerifyAsync(judged.Value, CancellationToken.None));
        door.Done<VerifyDraft>(answer.Refusal);
    }

    private async Task<Judged<VerifyCommand>> JudgeAsync(Incoming<VerifyDraft> command)
    {
        var application = await door.ApplicationOfAsync(command);
        if (application.Refusal is { } refusal)
        {
            return refusal;
        }

        var draft = command.Draft.Value;
        if (command.MessageId is not { } submission)
        {
            return Refusals.MessageIdMissing;
        }

        if (OtpIdOf(command) is not { } otpId)
        {
            return Refusals.NotFound;
        }

        if (draft.Pin.Text is not { Length: > 0 } pin)
        {
            // An unknown id comes before a missing PIN, as over REST.
            var known = await database.RunAsync(() => reader.FindAsync(application.Value, otpId, CancellationToken.None));
            return known is null ? Refusals.NotFound : Refusals.PinMissing;
        }

        var trace = command.TraceParent ?? Activity.Current?.Id;
        return new VerifyCommand(application.Value, otpId, new(pin, draft.Pin.WasNumber), submission, trace)
        {
            Announce = command.Reply is not { } route
                ? null
                : (batch, answer) => CommandDoor.Answer(batch, route, answer.Refusal, otpId, () => new OtpVerified(otpId, answer.TrackId), trace),
        };
    }

    private static Guid? OtpIdOf(Incoming<VerifyDraft> command) =>
        command.Draft.Refusal is null && Guid.TryParse(command.Draft.Value.OtpId.Text, out var id) ? id : null;
}
