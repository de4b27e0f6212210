using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps;

/// <summary>Keyed hashes by which OTPs are found and counted.</summary>
public static class OtpHashes
{
    /// <summary>Finds a recipient over all channels of its kind, however its address was spelled.</summary>
    public static byte[] HashRecipient(this OtpSecrets secrets, Recipient recipient) =>
        HashRecipient(secrets, recipient.Kind, recipient.Identity);

    /// <summary>Counts the sends and the failed guesses of a recipient; null where that is the hash which finds it.</summary>
    public static byte[]? HashLimitKey(this OtpSecrets secrets, Recipient recipient, ApplicationLimits limits)
    {
        var key = recipient.Folded(limits.FoldPlusTags, limits.FoldDots);
        return string.Equals(key, recipient.Identity, StringComparison.Ordinal) ? null : HashRecipient(secrets, recipient.Kind, key);
    }

    /// <summary>Finds the OTPs of a recipient where their callers know no id.</summary>
    public static byte[] HashLookup(this OtpSecrets secrets, Guid applicationId, OtpLookup lookup) =>
        secrets.Hash("lookup", $"{applicationId:N}:{lookup.Place}:{lookup.Recipient.Kind}:{lookup.Recipient.Identity}");

    /// <summary>Finds the OTP of a PIN, whatever a person's typing added to it: what is found has to be compared.</summary>
    public static byte[] HashPin(this OtpSecrets secrets, Guid applicationId, string place, Pin pin) =>
        secrets.Hash("pin", $"{applicationId:N}:{place}:{pin.Searched()}");

    /// <summary>Counts sends that have something in common.</summary>
    public static byte[] HashCounted(this OtpSecrets secrets, string key) => secrets.Hash("counted-sends", key);

    public static byte[] HashIdempotencyKey(this OtpSecrets secrets, string key) => secrets.Hash("idempotency-key", key);

    public static byte[] HashCommand(this OtpSecrets secrets, string normalised) => secrets.Hash("command", normalised);

    /// <summary>Of the id and the guess: the same id with another PIN is another submission.</summary>
    public static byte[] HashSubmission(this OtpSecrets secrets, string submissionId, PinGuess guess) =>
        secrets.Hash("submission", $"{submissionId}\n{guess.Text}");

    /// <summary>Of the id alone: a cancellation says nothing else.</summary>
    public static byte[] HashCancellation(this OtpSecrets secrets, string submissionId) => secrets.Hash("cancellation", submissionId);

    private static byte[] HashRecipient(OtpSecrets secrets, RecipientKind kind, string key) => secrets.Hash("recipient", $"{kind}:{key}");
}
