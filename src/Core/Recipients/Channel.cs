using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Recipients;

/// <summary>How a PIN travels.</summary>
public enum Channel
{
    Sms,
    Email,
    Telegram,
    Call,
    Whatsapp,
    Ussd,
}

public static class Channels
{
    public static readonly IReadOnlyList<Channel> All = Enum.GetValues<Channel>();

    /// <summary>All channels, in the words of an error.</summary>
    public static readonly string Names = string.Join(", ", All.Select(Text));

    /// <summary>Whether the channel reaches a phone number.</summary>
    public static bool TakesPhoneNumber(this Channel channel) => channel is not (Channel.Email or Channel.Telegram);

    /// <summary>The kind of address that the channel reaches.</summary>
    public static RecipientKind RecipientKind(this Channel channel) => channel switch
    {
        Channel.Email => Recipients.RecipientKind.Email,
        Channel.Telegram => Recipients.RecipientKind.Chat,
        _ => Recipients.RecipientKind.Phone,
    };

    public static string Text(this Channel channel) => EnumText<Channel>.Lower(channel);
}
