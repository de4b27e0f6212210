using System.Globalization;
using OtpPipeline.Core.Deliveries.Sending;

namespace OtpPipeline.Workers.Providers.Templates;

/// <summary>The values of a template's placeholders. A value that an OTP does not have is an empty string.</summary>
internal static class MessageValues
{
    public const string Name = "name";

    private static readonly Dictionary<string, Func<OutgoingDelivery, string?>> Known = new(StringComparer.Ordinal)
    {
        ["recipient"] = d => d.Details.Recipient,
        ["recipient.digits"] = d => d.Details.Recipient.TrimStart('+'),
        ["text"] = d => d.Text,
        ["subject"] = d => d.Message?.Subject,
        ["html"] = d => d.Message?.Html,
        ["pin"] = d => d.Pin.Reveal(),
        ["from"] = d => d.Details.From,
        [Name] = d => d.Details.Name,
        ["locale"] = d => d.Details.Locale,
        ["country"] = d => d.CountryIso,
        ["otpId"] = d => d.Delivery.OtpId.ToString(),
        ["deliveryId"] = d => d.Delivery.Id.ToString(),
        ["attempt"] = d => d.Delivery.Attempt.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>All placeholder names that every entry can use.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    public static Func<string, string> From(OutgoingDelivery delivery) => name => Known[name](delivery) ?? "";
}
