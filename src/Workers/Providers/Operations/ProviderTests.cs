using System.Text.Json;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Providers;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Workers.Providers.Reservations;

namespace OtpPipeline.Workers.Providers.Operations;

/// <summary>Sends an operator's test message through one provider, whether it is paused or not, and stores the classified answer.</summary>
internal sealed partial class ProviderTests(
    ProviderCalls providers, ProviderReservations reservations, IProviderStore store, OtpSecrets secrets, TimeProvider time,
    ILogger<ProviderTests> logger)
{
    private const string Template = "Test message: {{pin}}";
    private const string Pin = "000000";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    public async Task RunAsync(Guid testId, string provider, byte[] message)
    {
        try
        {
            var start = time.GetTimestamp();
            var state = reservations.States[provider];
            var began = state.Began();
            var outcome = await providers.SendAsync(Outgoing(testId, provider, secrets.DecryptProviderTest(testId, message)));
            state.Report(outcome, isProbe: false, began);
            var result = new ProviderTestResult(
                outcome.Word, outcome.Cause, (outcome as SendOutcome.Accepted)?.ProviderMessageId,
                (int)time.GetElapsedTime(start).TotalMilliseconds);
            await store.AnswerAsync(
                testId, JsonSerializer.Serialize(result, ProviderJson.Default.ProviderTestResult), CancellationToken.None);
        }
        catch (Exception failure)
        {
            // The operator's call ends with a time-out. The text may hold the recipient.
            Log.Failed(logger, provider, failure.GetType().Name);
        }
    }

    private OutgoingDelivery Outgoing(Guid testId, string provider, ProviderTestMessage message)
    {
        var delivery = new Delivery
        {
            Id = testId,
            OtpId = testId,
            Channel = EnumText<Channel>.Parse(message.Channel),
            Route = DeliveryRoute.Default,
            Provider = provider,
            Step = 1,
            Attempt = 1,
            UpdatedAt = time.GetUtcNow().UtcDateTime,
        };
        var details = new OtpDetails(message.Recipient, message.From, Template, null, null, null);
        return new(
            delivery, Guid.Empty, secrets.HashRecipient(Read(delivery.Channel, message)), message.CountryIso, details, new Pin(Pin),
            Template.Replace("{{pin}}", Pin, StringComparison.Ordinal), delivery.UpdatedAt + Life);
    }

    private static Recipient Read(Channel channel, ProviderTestMessage message) => Recipient.FromStored(
        channel switch { Channel.Email => RecipientKind.Email, Channel.Telegram => RecipientKind.Chat, _ => RecipientKind.Phone },
        message.Recipient, message.CountryIso);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The test of provider {Provider} failed ({Type})")]
        public static partial void Failed(ILogger logger, string provider, string type);
    }
}
