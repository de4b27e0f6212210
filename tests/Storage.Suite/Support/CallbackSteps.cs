using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Storage.Suite.Support;

/// <summary>The steps of a callback's life in a process.</summary>
internal static class CallbackSteps
{
    public const string Url = "https://shop.example/otp";

    /// <summary>An OTP that was sent, so that it owes one callback.</summary>
    public static async Task<Guid> CallingBackAsync(this SuiteProcess process, Application application)
    {
        var otpId = await process.OtpAsync(application, new { phoneNumber = Recipients.Next(), otpCallbackUrl = Url });
        await process.ReportAsync(await process.ClaimedAsync(otpId), new SendOutcome.Accepted(null));
        return otpId;
    }

    public static async Task<OutgoingCallback> ClaimedCallbackAsync(this SuiteProcess process, Guid otpId) =>
        (await process.Get<CallbackClaims>().ClaimAsync(otpId, CancellationToken.None)).ShouldHaveSingleItem();

    public static Task<bool> ReportAsync(
        this SuiteProcess process, OutgoingCallback callback, CallbackDecision decision, MadeAttempt? attempt = null) =>
        process.Get<CallbackOutcomes>().RecordAsync(new(callback.Id, callback.LeaseId, decision, attempt), CancellationToken.None);

    /// <summary>A callback that has failed for good.</summary>
    public static async Task<OutgoingCallback> ParkedAsync(this SuiteProcess process, Application application)
    {
        var callback = await process.ClaimedCallbackAsync(await process.CallingBackAsync(application));
        (await process.ReportAsync(
            callback, new(CallbackStatus.Parked, CallbackReasons.Gone, TimeSpan.Zero), new(TimeSpan.FromSeconds(1), 410, null, null)))
            .ShouldBeTrue();
        return callback;
    }

    public static Task<Callback> CallbackAsync(this SuiteProcess process, Guid id) =>
        process.QueryAsync(db => db.Callbacks.AsNoTracking().SingleAsync(c => c.Id == id));

    /// <summary>Makes the callbacks of these OTPs due, those of the first OTP the longest.</summary>
    public static async Task DueAsync(this SuiteProcess process, params Guid[] otpIds)
    {
        var now = await process.ClockAsync();
        foreach (var (index, otpId) in Enumerable.Reverse(otpIds).Index())
        {
            var due = now.AddSeconds(-1 - index);
            await process.QueryAsync(
                db => db.Callbacks.Where(c => c.OtpId == otpId).ExecuteUpdateAsync(set => set.SetProperty(c => c.DueAt, due)));
        }
    }
}
