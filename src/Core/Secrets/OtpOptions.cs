using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Core.Secrets;

/// <summary>Section <c>Otp</c>: keys and periods of the whole pipeline.</summary>
public sealed class OtpOptions : IValidatableObject
{
    public const string Section = "Otp";

    /// <summary>Keys for PINs and personal data, newest first: the first one encrypts, all decrypt. At least one.</summary>
    /// <remarks>Remove an old key when the retention period has passed since it was first.</remarks>
    public IList<PinKey> PinKeys { get; init; } = [];

    /// <summary>Base64 of 32 bytes: finds recipients and idempotency keys by keyed hash. Keep it when PIN keys rotate.</summary>
    /// <remarks>Optional with a single PIN key: the hash key is then derived from that one.</remarks>
    public string? LookupKey { get; set; }

    /// <summary>Former lookup keys, newest first: API keys and secrets stored under them stay valid.</summary>
    /// <remarks>They find nothing else. Remove one when those keys and secrets are replaced.</remarks>
    public IList<string> OldLookupKeys { get; init; } = [];

    /// <summary>How long a final OTP stays queryable. 1 hour to 10 years; default 30 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long an idempotency key repeats its first answer. 1 minute to 30 days; default 24 hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan IdempotencyRetention { get; set; } = TimeSpan.FromHours(24);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PinKeys.Count == 0)
        {
            yield return new("Otp:PinKeys is missing: set Otp:PinKeys:0:Id and Otp:PinKeys:0:Key (base64 of 32 random bytes).");
        }

        for (var i = 0; i < PinKeys.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(PinKeys[i].Id) || PinKeys[i].Id.Length > 32)
            {
                yield return new($"Otp:PinKeys:{i}:Id must have 1 to 32 characters.");
            }

            if (!Is32Bytes(PinKeys[i].Key))
            {
                yield return new($"Otp:PinKeys:{i}:Key must be base64 of 32 random bytes.");
            }
        }

        if (PinKeys.Select(k => k.Id).Distinct(StringComparer.Ordinal).Count() != PinKeys.Count)
        {
            yield return new("Otp:PinKeys names the same Id twice.");
        }

        if (LookupKey is null && PinKeys.Count > 1)
        {
            yield return new(
                "Otp:LookupKey must be set where Otp:PinKeys has more than one key; the oldest key's value keeps the hashes of before.");
        }

        if (LookupKey is not null && !Is32Bytes(LookupKey))
        {
            yield return new("Otp:LookupKey must be base64 of 32 random bytes.");
        }

        for (var i = 0; i < OldLookupKeys.Count; i++)
        {
            if (!Is32Bytes(OldLookupKeys[i]))
            {
                yield return new($"Otp:OldLookupKeys:{i} must be base64 of 32 random bytes.");
            }
        }
    }

    private static bool Is32Bytes(string text)
    {
        Span<byte> bytes = stackalloc byte[33];
        return Convert.TryFromBase64String(text, bytes, out var count) && count == 32;
    }
}

/// <summary>One key of the ring.</summary>
public sealed class PinKey
{
    /// <summary>Stored with the ciphertext; 1 to 32 characters, never reused for another key.</summary>
    public string Id { get; set; } = "";

    /// <summary>Base64 of 32 random bytes.</summary>
    public string Key { get; set; } = "";
}
