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

/// <summary>Makes passwords for users who write to the bot.</summary>
/// <remarks>Each differs from every live password of its kind, so that GET /target finds the right chat.</remarks>
internal sealed class TelegramCodes(OtpIntake intake, OtpCheck check)
{
    private const int MinLength = 6;
    private const int Tries = 50;

    /// <summary>Number of digits in a code: the application's setting, and at least six.</summary>
    public static int LengthFor(Application application) => Math.Max(MinLength, application.Settings.PinLength);

    /// <summary>Makes a code and sends it to the chat; an update that was answered before makes none.</summary>
    /// <returns>The error; null on success.</returns>
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
                // A concurrent request gave the code to another chat: make another one.
            }
        }
    }
}
