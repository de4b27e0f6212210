using System.Text.Json;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Otps.Requests;

namespace OtpPipeline.Workers.Commands;

/// <summary>What every command names.</summary>
public interface ICommandDraft
{
    JsonField ApplicationId { get; }
}

/// <summary>RequestOtp as it came.</summary>
public sealed record RequestDraft(JsonField ApplicationId, JsonField IdempotencyKey, OtpDraft Otp) : ICommandDraft
{
    public static RequestDraft Read(JsonElement body) =>
        new(JsonField.From(body, "applicationId"), Key(body), OtpDraft.Read(body));

    /// <summary>A key is compared as it stands, not trimmed.</summary>
    private static JsonField Key(JsonElement body) => body.TryGetProperty("idempotencyKey", out var key) ? JsonField.AsItIs(key) : default;
}

/// <summary>VerifyOtp as it came.</summary>
public sealed record VerifyDraft(JsonField ApplicationId, JsonField OtpId, JsonField Pin) : ICommandDraft
{
    public static VerifyDraft Read(JsonElement body) =>
        new(JsonField.From(body, "applicationId"), JsonField.From(body, "otpId"), JsonField.From(body, "pin"));
}

/// <summary>CancelOtp as it came.</summary>
public sealed record CancelDraft(JsonField ApplicationId, JsonField OtpId) : ICommandDraft
{
    public static CancelDraft Read(JsonElement body) => new(JsonField.From(body, "applicationId"), JsonField.From(body, "otpId"));
}
