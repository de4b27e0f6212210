using System.Text.Json;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps.Reading;

/// <summary>An OTP as its application may see it, at a given time.</summary>
public sealed record OtpView(Otp Otp, OtpDetails Details, OtpState State, IReadOnlyList<Delivery> Deliveries)
{
    /// <summary>The client's metadata pairs.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The OTP as the first answer showed it, without later changes.</summary>
    internal static OtpView AtCreation(Otp otp, OtpSecrets secrets) => From(otp, StateAtCreation(otp), [], secrets);

    /// <summary>The same view, from data before encryption.</summary>
    /// <param name="otp">The row.</param>
    /// <param name="details">Its details.</param>
    /// <param name="metadata">JSON object of the client's pairs; null without pairs.</param>
    internal static OtpView AtCreation(Otp otp, OtpDetails details, string? metadata) => new(otp, details, StateAtCreation(otp), [])
    {
        Metadata = metadata is null ? null : JsonSerializer.Deserialize(metadata, OtpJson.Default.IReadOnlyDictionaryStringString),
    };

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is missing or the row was tampered with.</exception>
    internal static OtpView From(Otp otp, OtpState state, IReadOnlyList<Delivery> deliveries, OtpSecrets secrets) =>
        new(otp, secrets.DecryptDetails(otp.Id, otp.Details), state, deliveries) { Metadata = secrets.DecryptMetadata(otp) };

    private static OtpState StateAtCreation(Otp otp) => new(OtpStatus.Pending, null, 0, otp.MaxAttempts, otp.ExpiresAt, false);
}
