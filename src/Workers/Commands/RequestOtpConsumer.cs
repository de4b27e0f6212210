using System.Diagnostics;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>Takes OTP requests from the bus as POST /otp does; one commit holds the OTP, its work command and the reply.</summary>
public sealed class RequestOtpConsumer(CommandEndpoint endpoint, OtpIntake intake, OtpSecrets secrets, DatabaseCircuitBreaker database)
    : IConsumer<BusCommand<RequestOtp>>
{
    // A duplicate holds the key until its commit ends. Each wait for it ends after the session's lock time-out.
    private const int Tries = 5;

    public async Task Consume(ConsumeContext<BusCommand<RequestOtp>> context)
    {
        var command = context.Message;
        var body = command.Read(static json => (
            ApplicationId: JsonField.From(json, "applicationId"),
            Key: JsonField.AsItIs(json, "idempotencyKey"),
            Request: OtpRequest.Read(json, "applicationId", "idempotencyKey")));
        var options = body.Error is { } unreadable ? unreadable : await OptionsOfAsync(command, body.Value);
        var answer = options.Error is { } refused
            ? new(null, refused, Announced: false)
            : await RequestAsync(body.Value.Request, options.Value);
        if (answer is { Error: { } error, Announced: false })
        {
            await endpoint.RefuseAsync(command, error);
            return;
        }

        endpoint.Done<RequestOtp>(answer.Error);
    }

    private async Task<RequestAnswer> RequestAsync(OtpRequest request, RequestOptions options)
    {
        RequestAnswer answer = default;
        for (var i = 0; i < Tries; i++)
        {
            answer = await database.RunAsync(() => intake.RequestAsync(request, options, CancellationToken.None));
            if (answer.Error != OtpErrors.IdempotencyKeyInFlight)
            {
                break;
            }
        }

        return answer;
    }

    private async Task<Result<RequestOptions>> OptionsOfAsync(
        BusCommand<RequestOtp> command, (JsonField ApplicationId, JsonField Key, OtpRequest Request) body)
    {
        var (applicationId, idempotencyKey, request) = body;
        var application = await endpoint.ApplicationOfAsync(applicationId, command.UserId);
        if (application.Error is { } error)
        {
            return error;
        }

        if (idempotencyKey.Malformed)
        {
            return OtpErrors.IdempotencyKeyInvalid;
        }

        if ((idempotencyKey.Text ?? command.MessageId) is not { } key)
        {
            return OtpErrors.IdempotencyKeyMissing;
        }

        var trace = command.TraceParent ?? Activity.Current?.Id;
        return new RequestOptions(application.Value, key, trace)
        {
            Announce = command.Reply is not { } route
                ? null
                : (batch, answer) => CommandEndpoint.Answer(
                    batch, route, answer.Error, otpId: null, () => Acceptance(answer.Otp!, secrets, request.Warnings), trace),
        };
    }

    private static OtpAccepted Acceptance(Otp otp, OtpSecrets secrets, IReadOnlyList<string>? warnings)
    {
        var attached = secrets.DecryptAttached(otp);
        return new(
            otp.Id, otp.TrackId, otp.Channel.Text(), otp.CreatedAt, otp.ExpiresAt, attached.Metadata, attached.ExternalId, warnings);
    }
}
