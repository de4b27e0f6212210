using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps.Reading;

/// <summary>An OTP as its application may see it, at one moment.</summary>
public sealed record OtpView(Otp Otp, OtpDetails Details, OtpState State, IReadOnlyList<Delivery> Deliveries)
{
    /// <summary>The caller's pairs.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>As the first answer showed it, whatever happened since.</summary>
    internal static OtpView AtCreation(Otp otp, OtpSecrets secrets) => From(otp, new(OtpStatus.Pending, null, 0, otp.MaxAttempts, otp.ExpiresAt, false), [], secrets);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is gone or the row was tampered with.</exception>
    internal static OtpView From(Otp otp, OtpState state, IReadOnlyList<Delivery> deliveries, OtpSecrets secrets) =>
        new(otp, secrets.DecryptDetails(otp.Id, otp.Details), state, deliveries) { Metadata = secrets.DecryptMetadata(otp) };
}
