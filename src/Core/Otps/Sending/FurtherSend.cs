using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps.Sending;

/// <summary>One more send of an OTP: where it goes and what it costs. It counts as a send and reserves its cost.</summary>
/// <param name="Step">Step of the plan.</param>
/// <param name="Channel">The step's channel.</param>
/// <param name="HistoryHash">The history that counts sends to the step's recipient.</param>
/// <param name="Route">The route for the step's recipient; null where none fits.</param>
/// <param name="Cost">Parts times the highest price of the route.</param>
internal sealed record FurtherSend(int Step, Channel Channel, byte[] HistoryHash, DeliveryRoute? Route, decimal Cost)
{
    public static FurtherSend From(
        Application application, Otp otp, OtpDetails details, int step, ProviderChoice routes, OtpSecrets secrets)
    {
        var channel = OtpPlan.Find(otp, step)?.Channel ?? otp.Channel;
        var address = details.AddressOf(step) ?? new(step, details.Recipient, otp.CountryIso);
        var recipient = Recipient.FromStored(channel.RecipientKind(), address.Address, address.CountryIso);
        var route = routes.For(channel, recipient, application.Id, details.Locale, otp.IsTest);
        return new(
            step, channel, secrets.HashLimitKey(recipient, application.Settings.Limits, otp.IsTest) ?? secrets.HashRecipient(recipient), route,
            step == 1 || route is null || otp.IsTest ? otp.Cost : otp.Parts * routes.HighestPrice(channel, route, address.CountryIso));
    }

    /// <summary>Counts the send and reserves its cost, or returns why it is refused; then nothing is counted.</summary>
    /// <param name="limits">The application's limits.</param>
    /// <param name="history">The history of <see cref="HistoryHash"/>, locked.</param>
    /// <param name="spending">What the application spent today, locked; null without a limit.</param>
    /// <param name="isFree">An earlier send brings it: it is counted and costs nothing.</param>
    /// <param name="retryPeriod">Seconds between two sends to the recipient.</param>
    /// <param name="changes">The transaction's changes.</param>
    public OtpError? Admit(
        ApplicationLimits limits, RecipientHistory history, ApplicationSpending? spending, bool isFree, int retryPeriod, OtpChanges changes)
    {
        if (!isFree && spending is not null && spending.Spent + Cost > limits.SpendingPerDay)
        {
            return OtpErrors.SpendingLimit;
        }

        if (RecipientLimits.Admit(history, limits, changes.Now, retryPeriod) is { } error)
        {
            return error;
        }

        changes.CountedSends.Add(history);
        if (!isFree && spending is not null)
        {
            spending.Spent += Cost;
            changes.Spendings.Add(spending);
        }

        return null;
    }
}
