using System.Diagnostics;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>Takes OTPs in from the bus, with the same rules as POST /otp: one commit holds the OTP, its work command and the answer.</summary>
public sealed class RequestOtpConsumer(CommandEndpoint endpoint, OtpIntake intake, OtpSecrets secrets, DatabaseCircuitBreaker database) : IConsumer<Incoming<RequestDraft>>
{
    // A duplicate holds the key for as long as its commit takes; a wait for it ends after the session's lock time-out each time.
    private const int Tries = 5;

    public async Task Consume(ConsumeContext<Incoming<RequestDraft>> context)
    {
        var command = context.Message;
        var order = await ValidateAsync(command);
        if (order.Error is { } error)
        {
            await endpoint.RefuseAsync(command, error);
            return;
        }

        for (var i = 0; i < Tries; i++)
        {
            var answer = await database.RunAsync(() => intake.AcceptAsync(order.Value, CancellationToken.None));
            if (answer.Error != OtpErrors.IdempotencyKeyInFlight)
            {
                endpoint.Done<RequestDraft>(answer.Error);
                return;
            }
        }

        await endpoint.RefuseAsync(command, OtpErrors.IdempotencyKeyInFlight);
    }

    private async Task<Result<OtpOrder>> ValidateAsync(Incoming<RequestDraft> command)
    {
        var application = await endpoint.ApplicationOfAsync(command);
        if (application.Error is { } error)
        {
            return error;
        }

        var draft = command.Draft.Value;
        if (draft.IdempotencyKey.Malformed)
        {
            return OtpErrors.IdempotencyKeyInvalid;
        }

        if ((draft.IdempotencyKey.Text ?? command.MessageId) is not { } key)
        {
            return OtpErrors.IdempotencyKeyMissing;
        }

        var trace = command.TraceParent ?? Activity.Current?.Id;
        var order = intake.Validate(draft.Otp, application.Value, key, trace);
        return order.Error is not null || command.Reply is not { } route
            ? order
            : order.Value with
            {
                Announce = (batch, answer) => CommandEndpoint.Answer(batch, route, answer.Error, otpId: null, () => Acceptance(answer.Otp!, secrets), trace),
            };
    }

    private static OtpAccepted Acceptance(Otp otp, OtpSecrets secrets) =>
        new(otp.Id, otp.TrackId, otp.Channel.Text(), otp.CreatedAt, otp.ExpiresAt, secrets.DecryptMetadata(otp));
}
