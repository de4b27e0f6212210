using System.Diagnostics;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>Sends an OTP again by the rules of POST /otp/{otpId}/resend. A repeated message id sends once and gets the same reply.</summary>
public sealed class ResendOtpConsumer(CommandEndpoint endpoint, OtpResend resend, DatabaseCircuitBreaker database)
    : IConsumer<BusCommand<ResendOtp>>
{
    public async Task Consume(ConsumeContext<BusCommand<ResendOtp>> context)
    {
        var command = context.Message;
        var body = command.Read(static json => (
            ApplicationId: JsonField.From(json, "applicationId"),
            OtpId: CommandEndpoint.OtpIdOf(json),
            Fields: ResendFields.Read(json, "applicationId", "otpId")));
        var valid = body.Error is { } unreadable
            ? unreadable
            : await ValidateAsync(command, body.Value.ApplicationId, body.Value.OtpId, body.Value.Fields);
        if (valid.Error is { } error)
        {
            await endpoint.RefuseAsync(command, error, body.Error is null ? body.Value.OtpId : null);
            return;
        }

        var answer = await database.RunAsync(() => resend.ResendAsync(valid.Value, CancellationToken.None));
        endpoint.Done<ResendOtp>(answer.Error);
    }

    private async Task<Result<ResendCommand>> ValidateAsync(
        BusCommand<ResendOtp> command, JsonField applicationId, Guid? named, ResendFields fields)
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

        var trace = command.TraceParent ?? Activity.Current?.Id;
        return fields.Apply(new(application.Value, otpId, submission, trace)
        {
            Announce = command.Reply is not { } route
                ? null
                : (batch, answer) => CommandEndpoint.Answer(
                    batch, route, answer.Error, otpId, () => Resent(answer.Value, fields.Warnings), trace),
        });
    }

    private static OtpResent Resent(OtpView view, IReadOnlyList<string>? warnings) =>
        new(view.Otp.Id, view.Otp.TrackId, view.ResendsLeft ?? 0, view.Attached.ExternalId, warnings);
}
