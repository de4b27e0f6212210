using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OtpPipeline.Core.Recipients;

/// <summary>A Telegram chat by its number: positive for a person, negative for a group. Prints itself masked.</summary>
/// <remarks>Names (@channel) are refused, because an OTP is for one person whose chat the bot already knows.</remarks>
public sealed record TelegramChat
{
    private const int LongestText = 20;

    private TelegramChat(long id) => Id = id;

    /// <summary>The id for the Bot API's chat_id; never zero.</summary>
    public long Id { get; }

    /// <summary>The id in digits, with a minus sign for a group.</summary>
    public string Value => Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Parses up to 20 characters, an optional minus sign and digits, within a 64-bit number.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out TelegramChat? chat)
    {
        chat = null;
        if (text is null || text.Length > LongestText || text.AsSpan(text.StartsWith('-') ? 1 : 0).ContainsAnyExceptInRange('0', '9')
            || !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) || id == 0)
        {
            return false;
        }

        chat = new TelegramChat(id);
        return true;
    }

    /// <summary>At most the last three digits: "•••••789", "-•••••789".</summary>
    public override string ToString()
    {
        var digits = Value.AsSpan(Id < 0 ? 1 : 0);
        return $"{(Id < 0 ? "-" : "")}{Masking.Tail(digits)}";
    }
}
