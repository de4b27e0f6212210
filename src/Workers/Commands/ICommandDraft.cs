using System.Text.Json;
using OtpPipeline.Core.Otps.Requests;

namespace OtpPipeline.Workers.Commands;

/// <summary>What every command names.</summary>
public interface ICommandDraft
{
    DraftField ApplicationId { get; }
}

/// <summary>RequestOtp as it came.</summary>
public sealed record RequestDraft(DraftField ApplicationId, DraftField IdempotencyKey, OtpDraft Otp) : ICommandDraft
{
    public static RequestDraft Read(JsonElement body) =>
        new(DraftField.From(body, "applicationId"), Key(body), OtpDraft.Read(body));

    /// <summary>A key is compared as it stands, not trimmed.</summary>
    private static DraftField Key(JsonElement body) => body.TryGetProperty("idempotencyKey", out var key) ? DraftField.AsItIs(key) : default;
}

/// <summary>VerifyOtp as it came.</summary>
public sealed record VerifyDraft(DraftField ApplicationId, DraftField OtpId, DraftField Pin) : ICommandDraft
{
    public static VerifyDraft Read(JsonElement body) =>
        new(DraftField.From(body, "applicationId"), DraftField.From(body, "otpId"), DraftField.From(body, "pin"));
}

/// <summary>CancelOtp as it came.</summary>
public sealed record CancelDraft(DraftField ApplicationId, DraftField OtpId) : ICommandDraft
{
    public static CancelDraft Read(JsonElement body) => new(DraftField.From(body, "applicationId"), DraftField.From(body, "otpId"));
}
