using System.Diagnostics;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>
/// Checks a PIN by the rules of POST /otp/{otpId}; one commit holds the guess count and the reply. The message id is the submission id, so
/// a repeated command counts no second guess and gets the same reply.
/// </summary>
public sealed class VerifyOtpConsumer(
    CommandEndpoint endpoint, OtpVerification verification, OtpReader reader, OtpSecrets secrets, DatabaseCircuitBreaker database)
    : IConsumer<BusCommand<VerifyOtp>>
{
    public async Task Consume(ConsumeContext<BusCommand<VerifyOtp>> context)
    {
        var command = context.Message;
        var body = command.Read(static json => (
            ApplicationId: JsonField.From(json, "applicationId"),
            OtpId: CommandEndpoint.OtpIdOf(json),
            Pin: JsonField.From(json, "pin")));
        var verify = body.Error is { } unreadable
            ? unreadable
            : await ValidateAsync(command, body.Value.ApplicationId, body.Value.OtpId, body.Value.Pin);
        if (verify.Error is { } error)
        {
            await endpoint.RefuseAsync(command, error, body.Error is null ? body.Value.OtpId : null);
            return;
        }

        var answer = await database.RunAsync(() => verification.VerifyAsync(verify.Value, CancellationToken.None));
        endpoint.Done<VerifyOtp>(answer.Error);
    }

    private async Task<Result<VerifyCommand>> ValidateAsync(
        BusCommand<VerifyOtp> command, JsonField applicationId, Guid? named, JsonField pin)
    {
        var application = await endpoint.ApplicationOfAsync(applicationId, command.UserId);
        if (application.Error is { } error)
        {
            return error;
        }

        if (command.MessageId is not { } submission)
        {
            return OtpErrors.MessageIdMissing;
        }

        if (named is not { } otpId)
        {
            return OtpErrors.NotFound;
        }

        if (pin.Text is not { Length: > 0 } typed)
        {
            // An unknown id takes precedence over a missing PIN, as over REST.
            var known = await database.RunAsync(() => reader.FindAsync(application.Value, otpId, CancellationToken.None));
            return known is null ? OtpErrors.NotFound : OtpErrors.PinMissing;
        }

        var trace = command.TraceParent ?? Activity.Current?.Id;
        return new VerifyCommand(application.Value, otpId, new(typed, pin.WasNumber), submission, trace)
        {
            Announce = command.Reply is not { } route
                ? null
                : (batch, answer) => CommandEndpoint.Answer(
                    batch, route, answer.Error, otpId,
                    () => new OtpVerified(otpId, answer.Otp!.TrackId, secrets.TryDecryptAttached(answer.Otp).ExternalId), trace),
        };
    }
}
