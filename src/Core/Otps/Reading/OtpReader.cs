using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps.Reading;

/// <summary>Reads an OTP for its application: EXPIRED from the expiry on, even before a worker has written it.</summary>
public sealed class OtpReader(IOtpStore store, IOtpSearch search, OtpSecrets secrets)
{
    /// <summary>The PIN of the newest live OTP of these lookups; null without one. For clients that supplied the PIN.</summary>
    public async Task<string?> FindLastPinAsync(
        Application application, IReadOnlyCollection<OtpLookup> lookups, CancellationToken cancellationToken) =>
        await search.FindLastPinAsync([.. lookups.Select(l => secrets.HashLookup(application.Id, l))], cancellationToken) is { } pin
            ? secrets.DecryptPin(pin).Reveal()
            : null;

    public async Task<OtpView?> FindAsync(Application application, Guid otpId, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(application.Id, otpId, cancellationToken) is not { } reading)
        {
            return null;
        }

        var otp = reading.Otp;
        var stored = new OtpState(
            otp.Status, otp.Reason, otp.Attempts, otp.MaxAttempts, otp.ExpiresAt, reading.Deliveries.Any(d => d.Status.MayHaveArrived()));
        return OtpView.From(otp, stored.At(reading.Now), reading.Deliveries, secrets).WithResendsLeft(application.Settings);
    }
}
