using System.Text.Json.Serialization;

namespace OtpPipeline.Demo;

/// <summary>Body of POST /otp; null fields are omitted.</summary>
internal sealed record OtpRequest(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Channel,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PhoneNumber = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Email = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ChatId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Channels = null,
    int Ttl = 300,
    int MaxAttempts = 3,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? OtpCallbackUrl = null)
{
    [JsonIgnore]
    public string Recipient => PhoneNumber ?? Email ?? ChatId ?? "";
}

internal sealed record Otp(
    string OtpId, string Status, string? Reason, int Attempts, long Sequence, DateTimeOffset DateCreated, DateTimeOffset DateExpires,
    int? ResendsLeft, Delivery[]? Deliveries);

internal sealed record Delivery(
    string Channel, string? Provider, string Status, string? Reason, int Step, int Attempt, bool Resend, string? ProviderMessageId);

/// <summary>Answer to a resend: the OTP, or the error code and the seconds to wait.</summary>
internal sealed record ResendAnswer(Otp? Otp, int Code, TimeSpan RetryAfter);

internal sealed record SandboxMessage(string Channel, string? Pin, DateTimeOffset SentAt);
