using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.DeadLetters;

/// <summary>Encrypts dead letters and marks their replays.</summary>
public static class DeadLetterEncryption
{
    public static byte[] EncryptDeadLetter(this OtpSecrets secrets, Guid id, OriginalMessage original) =>
        secrets.EncryptJson("dead-letter", id, original, DeadLetterJson.Default.OriginalMessage);

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public static OriginalMessage DecryptDeadLetter(this OtpSecrets secrets, DeadLetter letter) =>
        secrets.DecryptJson("dead-letter", letter.Id, letter.Original!, DeadLetterJson.Default.OriginalMessage);

    public static byte[] EncryptMessageId(this OtpSecrets secrets, Guid deadLetterId, string messageId) =>
        secrets.EncryptText("dead-letter-id", deadLetterId, messageId);

    /// <summary>The sender's message id of a dead letter; null without one, or when its key is missing.</summary>
    public static string? DecryptMessageId(this OtpSecrets secrets, Guid deadLetterId, byte[]? stored)
    {
        try
        {
            return stored is null ? null : secrets.DecryptText("dead-letter-id", deadLetterId, stored);
        }
        catch (CryptographicException)
        {
            // List the dead letter anyway; a replay would report the missing key.
            return null;
        }
    }

    /// <summary>Marks a message as the replay of a dead letter, so that other senders cannot forge a replay.</summary>
    public static string MarkReplay(this OtpSecrets secrets, Guid deadLetterId) =>
        $"{deadLetterId:N}.{Convert.ToHexStringLower(secrets.Hash("dead-letter-replay", $"{deadLetterId:N}"))}";

    /// <summary>The dead letter of a mark; null for a forged mark.</summary>
    public static Guid? DecryptReplayMark(this OtpSecrets secrets, string mark) =>
        Guid.TryParseExact(mark.Split('.')[0], "N", out var id)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mark), Encoding.UTF8.GetBytes(MarkReplay(secrets, id)))
            ? id
            : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OriginalMessage))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
