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

/// <summary>Takes OTPs in from the bus, through the same room as POST /otp: one commit holds the OTP, its work command and the answer.</summary>
public sealed class RequestOtpConsumer(CommandDoor door, OtpIntake intake, OtpSecrets secrets, DatabaseGate database) : IConsumer<Incoming<RequestDraft>>
{
    // A twin holds the key for as long as its commit takes; a wait for it ends after the session's lock time-out each time.
    private const int Tries = 5;

    public async Task Consume(ConsumeContext<Incoming<RequestDraft>> context)
    {
        var command = context.Message;
        var order = await JudgeAsync(command);
        if (order.Refusal is { } refusal)
        {
            await door.RefuseAsync(command, refusal);
            return;
        }

        for (var i = 0; i < Tries; i++)
        {
            var answer = await database.RunAsync(() => intake.AcceptAsync(order.Value, CancellationToken.None));
            if (answer.Refusal != Refusals.IdempotencyKeyInFlight)
            {
                door.Done<RequestDraft>(answer.Refusal);
                return;
            }
        }

        await door.RefuseAsync(command, Refusals.IdempotencyKeyInFlight);
    }

    private async Task<Judged<OtpOrder>> JudgeAsync(Incoming<RequestDraft> command)
    {
        var application = await door.ApplicationOfAsync(command);
        if (application.Refusal is { } refusal)
        {
            return refusal;
        }

        var draft = command.Draft.Value;
        if (draft.IdempotencyKey.Malformed)
        {
            return Refusals.IdempotencyKeyInvalid;
        }

        if ((draft.IdempotencyKey.Text ?? command.MessageId) is not { } key)
        {
            return Refusals.IdempotencyKeyMissing;
        }

        var trace = command.TraceParent ?? Activity.Current?.Id;
        var order = intake.Judge(draft.Otp, application.Value, key, trace);
        return order.Refusal is not null || command.Reply is not { } route
            ? order
            : order.Value with
            {
                Announce = (batch, answer) => CommandDoor.Answer(batch, route, answer.Refusal, otpId: null, () => Acceptance(answer.Otp!, secrets), trace),
            };
    }

    private static OtpAccepted Acceptance(Otp otp, OtpSecrets secrets) =>
        new(otp.Id, otp.TrackId, otp.Channel.Text(), otp.CreatedAt, otp.ExpiresAt, secrets.OpenMetadata(otp));
}
