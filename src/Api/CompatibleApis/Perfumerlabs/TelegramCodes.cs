using System.Diagnostics;
using OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>
/// Passwords of our own for users who write to the bot; each is the only live one of its kind, so that GET /target names the right chat.
/// </summary>
internal sealed class TelegramCodes(OtpIntake intake, OtpCheck check)
{
    private const int MinLength = 6;
    private const int Tries = 50;

    /// <summary>Digits of a code: as the application says, and at least six.</summary>
    public static int LengthFor(Application application) => Math.Max(MinLength, application.Settings.PinLength);

    /// <summary>Makes a code and sends it to the chat; an update that was answered before makes none.</summary>
    /// <returns>Why there is none; null where there is one.</returns>
    public async Task<OtpError?> IssueAsync(
        Application application, TelegramUpdate update, PinPolicy policy, CancellationToken cancellationToken)
    {
        var channel = PerfumerlabsChannel.Telegram;
        var recipient = Recipient.From(update.Chat);
        for (var tries = 1; ; tries++)
        {
            var code = policy.Next().Reveal();
            if (await check.IsLiveAsync(application, channel.Place, code, cancellationToken) && tries < Tries)
            {
                continue;
            }

            var options = new RequestOptions(application, update.IdempotencyKey, Activity.Current?.Id)
            {
                Pin = code,
                Lookup = channel.LookupOf(recipient),
                FindPinIn = channel.Place,
                UniquePin = true,
                Counted = SendLimits.From(application, channel, recipient, address: null),
            };
            try
            {
                var otp = await intake.RequestAsync(channel.RequestFor(recipient, application.Settings), options, cancellationToken);
                return otp.Error;
            }
            catch (Exception failure) when (StoreFailures.IsDuplicate(failure) && tries < Tries)
            {
                // Another chat was given it a moment ago: make another one.
            }
        }
    }
}
