using OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;
using OtpPipeline.Api.Requests;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Pins;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>POST /telegram/webhook: answers any message that a user writes to the bot in a private chat with a code.</summary>
/// <remarks>Telegram repeats an update that is not answered with 200.</remarks>
internal sealed partial class TelegramWebhook
{
    public static async Task<IResult> HandleAsync(
        HttpContext http, PerfumerlabsCaller caller, TelegramCodes codes, ILogger<TelegramWebhook> logger,
        CancellationToken cancellationToken)
    {
        var (application, refused) = await caller.FindTelegramAsync(http);
        if (application is null)
        {
            return refused!;
        }

        var read = await JsonBody.ReadAsync(http.Request, TelegramUpdate.Read, cancellationToken, anyMediaType: true);
        if (read.Error is not null || read.Value is not { } update)
        {
            return PerfumerlabsAnswers.Done();
        }

        var policy = new PinPolicy(PinType.Numbers, TelegramCodes.LengthFor(application));
        var error = await codes.IssueAsync(application, update, policy, cancellationToken);
        if (error == OtpErrors.IdempotencyKeyInFlight)
        {
            // The first copy of the update may still fail, so Telegram must send it again.
            return PerfumerlabsAnswers.Refused("The same update is being processed", StatusCodes.Status503ServiceUnavailable);
        }

        if (error is not null)
        {
            Log.NoCode(logger, error.Code, error.Message);
        }

        return PerfumerlabsAnswers.Done();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "A user of the bot got no code: {Code}, {Reason}")]
        public static partial void NoCode(ILogger logger, int code, string reason);
    }
}
