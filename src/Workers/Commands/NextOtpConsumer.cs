using System.Collections.Frozen;
using System.Diagnostics;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>Starts the next step by the rules of POST /otp/{otpId}/next. A repeated message id starts one and gets the same reply.</summary>
public sealed class NextOtpConsumer(CommandEndpoint endpoint, OtpNext next, DatabaseCircuitBreaker database)
    : IConsumer<BusCommand<NextOtp>>
{
    public async Task Consume(ConsumeContext<BusCommand<NextOtp>> context)
    {
        var command = context.Message;
        var body = command.Read(static json => (
            ApplicationId: JsonField.From(json, "applicationId"),
            OtpId: CommandEndpoint.OtpIdOf(json),
            Warnings: FieldWarnings.From(FieldWarnings.Unknown(json, FrozenSet<string>.Empty, ["applicationId", "otpId"]))));
        var valid = body.Error is { } unreadable
            ? unreadable
            : await ValidateAsync(command, body.Value.ApplicationId, body.Value.OtpId, body.Value.Warnings);
        if (valid.Error is { } error)
        {
            await endpoint.RefuseAsync(command, error, body.Error is null ? body.Value.OtpId : null);
            return;
        }

        var answer = await database.RunAsync(() => next.StartAsync(valid.Value, CancellationToken.None));
        endpoint.Done<NextOtp>(answer.Error);
    }

    private async Task<Result<NextCommand>> ValidateAsync(
        BusCommand<NextOtp> command, JsonField applicationId, Guid? named, IReadOnlyList<string>? warnings)
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
        return new NextCommand(application.Value, otpId, submission, trace)
        {
            Announce = command.Reply is not { } route
                ? null
                : (batch, answer) => CommandEndpoint.Answer(
                    batch, route, answer.Error, otpId, () => Started(answer.Value, warnings), trace),
        };
    }

    private static OtpStepStarted Started(OtpView view, IReadOnlyList<string>? warnings)
    {
        var newest = view.Deliveries.MaxBy(d => d.Step)!;
        return new(view.Otp.Id, view.Otp.TrackId, newest.Step, newest.Channel.Text(), view.Attached.ExternalId, warnings);
    }
}
