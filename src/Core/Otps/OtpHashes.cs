using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps;

/// <summary>Keyed hashes that find and count OTPs.</summary>
public static class OtpHashes
{
    /// <summary>Finds a recipient over all channels of its kind and in every spelling of its address.</summary>
    public static byte[] HashRecipient(this OtpSecrets secrets, Recipient recipient) =>
        HashRecipient(secrets, recipient.Kind, recipient.Identity);

    /// <summary>Counts the sends and failed guesses of a recipient; null when the hash that finds it also counts them.</summary>
    /// <remarks>Those of test keys are counted apart: a test uses up nothing of a person's limits.</remarks>
    public static byte[]? HashLimitKey(this OtpSecrets secrets, Recipient recipient, ApplicationLimits limits, bool isTest = false)
    {
        var key = recipient.Folded(limits.FoldPlusTags, limits.FoldDots);
        return isTest ? secrets.Hash("test-recipient", $"{recipient.Kind}:{key}")
            : string.Equals(key, recipient.Identity, StringComparison.Ordinal) ? null
            : HashRecipient(secrets, recipient.Kind, key);
    }

    /// <summary>Finds the OTPs of a recipient for clients that do not know an id.</summary>
    public static byte[] HashLookup(this OtpSecrets secrets, Guid applicationId, OtpLookup lookup) =>
        secrets.Hash("lookup", $"{applicationId:N}:{lookup.Place}:{lookup.Recipient.Kind}:{lookup.Recipient.Identity}");

    /// <summary>Finds the OTP of a PIN, ignoring characters that users add when typing: the result must still be compared.</summary>
    public static byte[] HashPin(this OtpSecrets secrets, Guid applicationId, string place, Pin pin) =>
        secrets.Hash("pin", $"{applicationId:N}:{place}:{pin.Searched()}");

    /// <summary>Finds the OTPs with this external id, of any application.</summary>
    public static byte[] HashExternalId(this OtpSecrets secrets, string externalId) => secrets.Hash("external-id", externalId);

    /// <summary>Counts sends that share this key.</summary>
    public static byte[] HashCounted(this OtpSecrets secrets, string key) => secrets.Hash("counted-sends", key);

    /// <summary>A test key has idempotency keys of its own: a live request must never get a test OTP as its answer.</summary>
    public static byte[] HashIdempotencyKey(this OtpSecrets secrets, string key, bool isTest = false) =>
        secrets.Hash(isTest ? "test-idempotency-key" : "idempotency-key", key);

    public static byte[] HashCommand(this OtpSecrets secrets, string normalised) => secrets.Hash("command", normalised);

    /// <summary>Hashes the id and the guess: the same id with another PIN is another submission.</summary>
    public static byte[] HashSubmission(this OtpSecrets secrets, string submissionId, PinGuess guess) =>
        secrets.Hash("submission", $"{submissionId}\n{guess.Text}");

    /// <summary>Hashes the id alone: a cancellation has no other content.</summary>
    public static byte[] HashCancellation(this OtpSecrets secrets, string submissionId) => secrets.Hash("cancellation", submissionId);

    /// <summary>Hashes the id and the options: the same id with others is another resend.</summary>
    public static byte[] HashResend(this OtpSecrets secrets, string submissionId, Channel? channel, ResendPolicy? policy) =>
        secrets.Hash("resend", $"{submissionId}\n{channel}\n{policy}");

    /// <summary>Hashes the id alone: a start of the next step has no other content.</summary>
    public static byte[] HashNext(this OtpSecrets secrets, string submissionId) => secrets.Hash("next", submissionId);

    private static byte[] HashRecipient(OtpSecrets secrets, RecipientKind kind, string key) => secrets.Hash("recipient", $"{kind}:{key}");
}
