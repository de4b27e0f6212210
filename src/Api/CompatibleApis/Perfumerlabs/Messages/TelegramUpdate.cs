using System.Text.Json;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;

/// <summary>A message from a user to the bot in a private chat.</summary>
/// <param name="Id">Id of the update; Telegram repeats an update that got no answer.</param>
/// <param name="Chat">The user's chat.</param>
internal sealed record TelegramUpdate(long Id, TelegramChat Chat)
{
    /// <summary>One update makes one code, even when several processes receive it.</summary>
    public string IdempotencyKey => $"telegram:{Id}";

    /// <summary>Null for every other update: edited messages, groups, channels, bots.</summary>
    public static TelegramUpdate? Read(JsonElement update)
    {
        if (!update.TryGetProperty("update_id", out var number) || number.ValueKind != JsonValueKind.Number
            || !number.TryGetInt64(out var id)
            || Object(update, "message") is not { } message
            || Object(message, "chat") is not { } chat
            || JsonField.From(chat, "type").Text is not "private"
            || (Object(message, "from") is { } from && JsonField.From(from, "is_bot").Text is "true"))
        {
            return null;
        }

        return TelegramChat.TryParse(JsonField.From(chat, "id").Text, out var address) && address.Id > 0 ? new(id, address) : null;
    }

    private static JsonElement? Object(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
