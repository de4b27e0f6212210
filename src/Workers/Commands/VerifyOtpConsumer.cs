using System.Diagnostics;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>
/// Validates what a user typed, with the same rules as POST /otp/{otpId}: one commit holds the count of the guess and the answer. The
/// message id is the submission's id, so a command that comes again counts no second guess and is answered alike.
/// </summary>
public sealed class VerifyOtpConsumer(CommandEndpoint endpoint, OtpVerification verification, OtpReader reader, DatabaseCircuitBreaker database) : IConsumer<Incoming<VerifyDraft>>
{
    public async Task Consume(ConsumeContext<Incoming<VerifyDraft>> context)
    {
        var command = context.Message;
        var result = await ValidateAsync(command);
        if (result.Error is { } error)
        {
            await endpoint.RefuseAsync(command, error, OtpIdOf(command));
            return;
        }

        var answer = await database.RunAsync(() => verification.VerifyAsync(result.Value, CancellationToken.None));
        endpoint.Done<VerifyDraft>(answer.Error);
    }

    private async Task<Result<VerifyCommand>> ValidateAsync(Incoming<VerifyDraft> command)
    {
        var application = await endpoint.ApplicationOfAsync(command);
        if (application.Error is { } error)
        {
            return error;
        }

        var draft = command.Draft.Value;
        if (command.MessageId is not { } submission)
        {
            return OtpErrors.MessageIdMissing;
        }

        if (OtpIdOf(command) is not { } otpId)
        {
            return OtpErrors.NotFound;
        }

        if (draft.Pin.Text is not { Length: > 0 } pin)
        {
            // An unknown id comes before a missing PIN, as over REST.
            var known = await database.RunAsync(() => reader.FindAsync(application.Value, otpId, CancellationToken.None));
            return known is null ? OtpErrors.NotFound : OtpErrors.PinMissing;
        }

        var trace = command.TraceParent ?? Activity.Current?.Id;
        return new VerifyCommand(application.Value, otpId, new(pin, draft.Pin.WasNumber), submission, trace)
        {
            Announce = command.Reply is not { } route
                ? null
                : (batch, answer) => CommandEndpoint.Answer(batch, route, answer.Error, otpId, () => new OtpVerified(otpId, answer.TrackId), trace),
        };
    }

    private static Guid? OtpIdOf(Incoming<VerifyDraft> command) =>
        command.Draft.Error is null && Guid.TryParse(command.Draft.Value.OtpId.Text, out var id) ? id : null;
}
