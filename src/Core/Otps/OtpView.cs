using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Core.Otps;

/// <summary>An OTP as its application may see it, at one moment.</summary>
public sealed record OtpView(Otp Otp, OtpDetails Details, OtpState State, IReadOnlyList<Delivery> Deliveries)
{
    /// <summary>As the first answer showed it, whatever happened since.</summary>
    internal static OtpView AtCreation(Otp otp, OtpDetails details) =>
        new(otp, details, new(OtpStatus.Pending, null, 0, otp.MaxAttempts, otp.ExpiresAt, false), []);

    /// <summary>The caller's pairs.</summary>
    public IReadOnlyDictionary<string, string>? Metadata => OtpChanges.MetadataOf(Otp);
}
