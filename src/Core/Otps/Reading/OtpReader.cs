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
        if (await store.FindAsync(application.Id, otpId, cancellationToken) is not { } reading
            || !application.Owns(reading.Otp.ApplicationId, reading.Otp.IsTest))
        {
            return null;
        }

        return View(reading).WithResendsLeft(application.Settings);
    }

    /// <summary>Lists OTPs newest first, after the given place; each as it is now.</summary>
    /// <param name="application">Their application, which says how often each may be sent again; null for OTPs of several.</param>
    /// <param name="filter">Which.</param>
    /// <param name="after">The last place of the page before; null for the first page.</param>
    /// <param name="limit">OTPs of the page.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public async Task<OtpPage<OtpView>> ListAsync(
        Application? application, OtpFilter filter, OtpPlace? after, int limit, CancellationToken cancellationToken)
    {
        var page = await search.ListAsync(filter, after, limit, cancellationToken);
        var views = page.Otps.Select(View);
        return new([.. application is null ? views : views.Select(v => v.WithResendsLeft(application.Settings))], page.Next);
    }

    private OtpView View(OtpReading reading)
    {
        var otp = reading.Otp;
        var stored = new OtpState(
            otp.Status, otp.Reason, otp.Attempts, otp.MaxAttempts, otp.ExpiresAt, reading.Deliveries.Any(d => d.Status.MayHaveArrived()));
        return OtpView.From(otp, stored.At(reading.Now), reading.Deliveries, secrets);
    }
}
