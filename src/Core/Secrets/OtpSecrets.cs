using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.DeadLetters;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;

namespace OtpPipeline.Core.Secrets;

/// <summary>The key ring in the words of the product: which secret is bound to which row.</summary>
public sealed class OtpSecrets(KeyRing ring)
{
    private static readonly byte[] OutboxPlace = Encoding.UTF8.GetBytes("outbox");

    public string CurrentKeyId => ring.CurrentKeyId;

    public byte[] SealPin(Guid otpId, int version, Pin pin) =>
        ring.Seal(Encoding.UTF8.GetBytes(pin.Reveal()), PinPlace(otpId, version));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is gone or the row was tampered with.</exception>
    public Pin OpenPin(OtpPin row) =>
        new(Encoding.UTF8.GetString(ring.Open(row.KeyId, row.Ciphertext, PinPlace(row.OtpId, row.Version))), row.Exact);

    public byte[] SealMessage(Guid otpId, CallerMessage message) =>
        ring.SealWithId(JsonSerializer.SerializeToUtf8Bytes(message, OtpJson.Default.CallerMessage), Place("message", otpId));

    /// <summary>The caller's own message; null where there is none.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is gone or the row was tampered with.</exception>
    public CallerMessage? OpenMessage(OtpPin row) =>
        row.Message is null ? null : JsonSerializer.Deserialize(ring.OpenWithId(row.Message, Place("message", row.OtpId)), OtpJson.Default.CallerMessage);

    public byte[] SealDetails(Guid otpId, OtpDetails details) =>
        ring.SealWithId(JsonSerializer.SerializeToUtf8Bytes(details, OtpJson.Default.OtpDetails), Place("details", otpId));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is gone or the row was tampered with.</exception>
    public OtpDetails OpenDetails(Guid otpId, byte[] details) =>
        JsonSerializer.Deserialize(ring.OpenWithId(details, Place("details", otpId)), OtpJson.Default.OtpDetails)!;

    /// <summary>The caller's pairs as a JSON object.</summary>
    public byte[] SealMetadata(Guid otpId, string json) => ring.SealWithId(Encoding.UTF8.GetBytes(json), Place("metadata", otpId));

    /// <summary>The caller's pairs; null where there are none.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is gone or the row was tampered with.</exception>
    public IReadOnlyDictionary<string, string>? OpenMetadata(Otp otp) =>
        otp.Metadata is null ? null : JsonSerializer.Deserialize(ring.OpenWithId(otp.Metadata, Place("metadata", otp.Id)), OtpJson.Default.IReadOnlyDictionaryStringString);

    public byte[] SealSandbox(Guid messageId, SandboxContent content) =>
        ring.SealWithId(JsonSerializer.SerializeToUtf8Bytes(content, OtpJson.Default.SandboxContent), Place("sandbox", messageId));

    public SandboxContent OpenSandbox(SandboxMessage message) =>
        JsonSerializer.Deserialize(ring.OpenWithId(message.Content, Place("sandbox", message.Id)), OtpJson.Default.SandboxContent)!;

    public byte[] SealSandboxCallback(Guid callbackId, SandboxCallbackContent content) =>
        ring.SealWithId(JsonSerializer.SerializeToUtf8Bytes(content, OtpJson.Default.SandboxCallbackContent), Place("sandbox-callback", callbackId));

    public SandboxCallbackContent OpenSandboxCallback(SandboxCallback callback) =>
        JsonSerializer.Deserialize(ring.OpenWithId(callback.Content, Place("sandbox-callback", callback.Id)), OtpJson.Default.SandboxCallbackContent)!;

    /// <summary>The URL's length, the URL and the body: the body must come back byte for byte.</summary>
    public byte[] SealCallback(Guid callbackId, CallbackContent content)
    {
        var url = Encoding.UTF8.GetBytes(content.Url);
        var secret = new byte[sizeof(int) + url.Length + content.Body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(secret, url.Length);
        url.CopyTo(secret, sizeof(int));
        content.Body.CopyTo(secret, sizeof(int) + url.Length);
        return ring.SealWithId(secret, Place("callback", callbackId));
    }

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is gone or the row was tampered with.</exception>
    public CallbackContent OpenCallback(Guid callbackId, byte[] content)
    {
        var secret = ring.OpenWithId(content, Place("callback", callbackId));
        var end = sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(secret);
        return new(Encoding.UTF8.GetString(secret.AsSpan(sizeof(int)..end)), secret[end..]);
    }

    public byte[] SealCallbackAnswer(Guid callbackId, ReadOnlySpan<byte> answer) => ring.SealWithId(answer, Place("callback-answer", callbackId));

    public byte[] OpenCallbackAnswer(Guid callbackId, byte[] answer) => ring.OpenWithId(answer, Place("callback-answer", callbackId));

    public byte[] SealCallbackUrl(Guid applicationId, string url) => ring.SealWithId(Encoding.UTF8.GetBytes(url), Place("callback-url", applicationId));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is gone or the row was tampered with.</exception>
    public string OpenCallbackUrl(Guid applicationId, byte[] stored) => Encoding.UTF8.GetString(ring.OpenWithId(stored, Place("callback-url", applicationId)));

    /// <summary>Whether the newest key encrypted it; nothing is current too.</summary>
    public bool IsCurrent(byte[]? stored) => stored is null || string.Equals(KeyRing.KeyIdOf(stored), ring.CurrentKeyId, StringComparison.Ordinal);

    public byte[] SealMessageId(Guid deadLetterId, string messageId) => ring.SealWithId(Encoding.UTF8.GetBytes(messageId), Place("dead-letter-id", deadLetterId));

    /// <summary>The sender's message id of a dead letter; null where there is none, or its key is gone.</summary>
    public string? OpenMessageId(Guid deadLetterId, byte[]? stored)
    {
        try
        {
            return stored is null ? null : Encoding.UTF8.GetString(ring.OpenWithId(stored, Place("dead-letter-id", deadLetterId)));
        }
        catch (CryptographicException)
        {
            // The letter is listed all the same; a replay would say that its key is gone.
            return null;
        }
    }

    public byte[] SealWebhookSecret(Guid id, ReadOnlySpan<byte> secret) => ring.SealWithId(secret, Place("webhook-secret", id));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is gone or the row was tampered with.</exception>
    public byte[] OpenWebhookSecret(WebhookSecret row) => ring.OpenWithId(row.Secret, Place("webhook-secret", row.Id));

    /// <summary>Finds a recipient over all channels of its kind, however its address was spelled.</summary>
    public byte[] HashRecipient(Recipient recipient) => HashRecipient(recipient.Kind, recipient.Identity);

    /// <summary>Counts the sends and the failed guesses of a recipient; null where that is the hash which finds it.</summary>
    public byte[]? HashLimitKey(Recipient recipient, ApplicationLimits limits)
    {
        var key = recipient.Folded(limits.FoldPlusTags, limits.FoldDots);
        return string.Equals(key, recipient.Identity, StringComparison.Ordinal) ? null : HashRecipient(recipient.Kind, key);
    }

    /// <summary>Finds the OTPs of a recipient where their callers know no id.</summary>
    public byte[] HashLookup(Guid applicationId, OtpLookup lookup) =>
        ring.Hash("lookup", $"{applicationId:N}:{lookup.Place}:{lookup.Recipient.Kind}:{lookup.Recipient.Identity}");

    /// <summary>Finds the OTP of a PIN, whatever a person's typing added to it: what is found has to be compared.</summary>
    public byte[] HashPin(Guid applicationId, string place, Pin pin) => ring.Hash("pin", $"{applicationId:N}:{place}:{pin.Searched()}");

    /// <summary>Counts sends that have something in common.</summary>
    public byte[] HashCounted(string key) => ring.Hash("counted-sends", key);

    /// <summary>How many lookup keys a stored credential may be hashed under; 0 is the current one.</summary>
    internal int LookupKeys => ring.LookupKeys;

    /// <summary>Finds an API key. Keyed, since keys that are brought along may be a human's choice; fast, since each request carries one.</summary>
    public byte[] HashApiKey(string key, int lookupKey = 0) => ring.Hash("api-key", key, lookupKey);

    /// <summary>Finds an identifier that is a secret by itself.</summary>
    public byte[] HashIdentifier(IdentifierKind kind, string identifier, int lookupKey = 0) => ring.Hash("identifier", $"{kind}:{identifier}", lookupKey);

    /// <summary>Of the secret of one identifier: equal secrets of two have different hashes.</summary>
    public byte[] HashIdentifierSecret(Guid identifierId, string secret, int lookupKey = 0) => ring.Hash("identifier-secret", $"{identifierId:N}:{secret}", lookupKey);

    public byte[] HashIdempotencyKey(string key) => ring.Hash("idempotency-key", key);

    public byte[] HashCommand(string normalised) => ring.Hash("command", normalised);

    /// <summary>Of the id and the guess: the same id with another PIN is another submission.</summary>
    public byte[] HashSubmission(string submissionId, PinGuess guess) => ring.Hash("submission", $"{submissionId}\n{guess.Text}");

    /// <summary>Of the id alone: a cancellation says nothing else.</summary>
    public byte[] HashCancellation(string submissionId) => ring.Hash("cancellation", submissionId);

    /// <summary>Marks a message as the replay of a dead letter, so that nobody else's message passes for one.</summary>
    public string MarkReplay(Guid deadLetterId) => $"{deadLetterId:N}.{Convert.ToHexStringLower(ring.Hash("dead-letter-replay", $"{deadLetterId:N}"))}";

    /// <summary>The dead letter that a mark names; null for a mark that is not ours.</summary>
    public Guid? OpenReplayMark(string mark) =>
        Guid.TryParseExact(mark.Split('.')[0], "N", out var id)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mark), Encoding.UTF8.GetBytes(MarkReplay(id)))
            ? id
            : null;

    /// <summary>The body of a message that waits in the outbox.</summary>
    public string SealOutboxBody(string body) => Convert.ToBase64String(ring.SealWithId(Encoding.UTF8.GetBytes(body), OutboxPlace));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is gone or the row was tampered with.</exception>
    public string OpenOutboxBody(string stored) => Encoding.UTF8.GetString(ring.OpenWithId(Convert.FromBase64String(stored), OutboxPlace));

    public byte[] SealDeadLetter(Guid id, OriginalMessage original) =>
        ring.SealWithId(JsonSerializer.SerializeToUtf8Bytes(original, OtpJson.Default.OriginalMessage), Place("dead-letter", id));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is gone or the row was tampered with.</exception>
    public OriginalMessage OpenDeadLetter(DeadLetter letter) =>
        JsonSerializer.Deserialize(ring.OpenWithId(letter.Original!, Place("dead-letter", letter.Id)), OtpJson.Default.OriginalMessage)!;

    private byte[] HashRecipient(RecipientKind kind, string key) => ring.Hash("recipient", $"{kind}:{key}");

    private static byte[] PinPlace(Guid otpId, int version) => Encoding.UTF8.GetBytes($"pin:{otpId:N}:{version}");

    private static byte[] Place(string kind, Guid id) => Encoding.UTF8.GetBytes($"{kind}:{id:N}");
}
