using System.Diagnostics;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>Cancels an OTP by the rules of DELETE /otp/{otpId}. A repeated message id gets the same reply.</summary>
public sealed class CancelOtpConsumer(
    CommandEndpoint endpoint, OtpCancellation cancellation, OtpSecrets secrets, DatabaseCircuitBreaker database)
    : IConsumer<BusCommand<CancelOtp>>
{
    public async Task Consume(ConsumeContext<BusCommand<CancelOtp>> context)
    {
        var command = context.Message;
        var body = command.Read(static json => (
            ApplicationId: JsonField.From(json, "applicationId"), OtpId: CommandEndpoint.OtpIdOf(json)));
        var cancel = body.Error is { } unreadable ? unreadable : await ValidateAsync(command, body.Value.ApplicationId, body.Value.OtpId);
        if (cancel.Error is { } error)
        {
            await endpoint.RefuseAsync(command, error, body.Error is null ? body.Value.OtpId : null);
            return;
        }

        var answer = await database.RunAsync(() => cancellation.CancelAsync(cancel.Value, CancellationToken.None));
        endpoint.Done<CancelOtp>(answer.Error);
    }

    private async Task<Result<CancelCommand>> ValidateAsync(BusCommand<CancelOtp> command, JsonField applicationId, Guid? named)
    {
        var application = await endpoint.ApplicationOfAsync(applicationId, command.UserId);
        if (application.Error is { } error)
        {
            return error;
        }

        if (named is not { } otpId)
        {
            return OtpErrors.NotFound;
        }

        var trace = command.TraceParent ?? Activity.Current?.Id;
        return new CancelCommand(application.Value, otpId, command.MessageId, trace)
        {
            Announce = command.Reply is not { } route
                ? null
                : (batch, answer) => CommandEndpoint.Answer(
                    batch, route, answer.Error, otpId,
                    () => new OtpCancelled(otpId, answer.Otp!.TrackId, secrets.TryDecryptAttached(answer.Otp).ExternalId), trace),
        };
    }
}
