using System.Security.Cryptography;

namespace OtpPipeline.Demo;

/// <summary>Recipients that no run had before, so that no limit per recipient is reached.</summary>
internal static class NewRecipients
{
    public static string FrenchNumber => $"+33612{Digits(6)}";

    public static string GermanNumber => $"+491512{Digits(7)}";

    public static string BritishNumber => $"+447400{Digits(6)}";

    public static OtpRequest RequestFor(string channel) => channel switch
    {
        "email" => new OtpRequest(channel, Email: $"demo-{Digits(8)}@example.com"),
        "telegram" => new OtpRequest(channel, ChatId: $"4{Digits(9)}"),
        _ => new OtpRequest(channel, PhoneNumber: FrenchNumber),
    };

    private static string Digits(int count) => RandomNumberGenerator.GetString("0123456789", count);
}
