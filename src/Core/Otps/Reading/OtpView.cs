using System.Text.Json;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps.Reading;

/// <summary>An OTP as its application may see it, at a given time.</summary>
public sealed record OtpView(Otp Otp, OtpDetails Details, OtpState State, IReadOnlyList<Delivery> Deliveries)
{
    /// <summary>What the client attached.</summary>
    public Attached Attached { get; init; }

    /// <summary>How often it may be sent again; null where that is not shown.</summary>
    public int? ResendsLeft { get; init; }

    /// <summary>The same view with the number of resends that the application still allows.</summary>
    internal OtpView WithResendsLeft(ApplicationSettings settings) => this with
    {
        ResendsLeft = State.IsFinal ? 0 : Math.Max(0, settings.MaxResends - Deliveries.Count(d => d.IsResend)),
    };

    /// <summary>A locked OTP after its changes.</summary>
    internal static OtpView From(LockedOtp locked, OtpDetails details, DateTime now, OtpSecrets secrets) =>
        new(locked.Otp, details, locked.State.At(now), locked.Deliveries) { Attached = secrets.DecryptAttached(locked.Otp) };

    /// <summary>The OTP as the first answer showed it, without later changes.</summary>
    internal static OtpView AtCreation(Otp otp, OtpSecrets secrets) => From(otp, StateAtCreation(otp), [], secrets);

    /// <summary>The same view, from data before encryption.</summary>
    /// <param name="otp">The row.</param>
    /// <param name="details">Its details.</param>
    /// <param name="metadata">JSON object of the client's pairs; null without pairs.</param>
    /// <param name="externalId">The client's own id; null without one.</param>
    internal static OtpView AtCreation(Otp otp, OtpDetails details, string? metadata, string? externalId) =>
        new(otp, details, StateAtCreation(otp), [])
        {
            Attached = new(
                externalId,
                metadata is null ? null : JsonSerializer.Deserialize(metadata, OtpJson.Default.IReadOnlyDictionaryStringString)),
        };

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is missing or the row was tampered with.</exception>
    internal static OtpView From(Otp otp, OtpState state, IReadOnlyList<Delivery> deliveries, OtpSecrets secrets) =>
        new(otp, secrets.DecryptDetails(otp.Id, otp.Details), state, deliveries) { Attached = secrets.DecryptAttached(otp) };

    private static OtpState StateAtCreation(Otp otp) => new(OtpStatus.Pending, null, 0, otp.MaxAttempts, otp.ExpiresAt, false);
}
