using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Suite.Support;

/// <summary>The steps of an OTP's life in a process, by its use cases.</summary>
internal static class OtpSteps
{
    /// <param name="process">Where.</param>
    /// <param name="options">Whose, and what an API sets.</param>
    /// <param name="fields">The fields of the request; an SMS to a new recipient without them.</param>
    public static Task<RequestAnswer> RequestAsync(this SuiteProcess process, RequestOptions options, object? fields = null) =>
        process.Get<OtpIntake>().RequestAsync(
            OtpRequest.Read(JsonSerializer.SerializeToElement(fields ?? new { phoneNumber = Recipients.Next() })), options,
            CancellationToken.None);

    public static async Task<Guid> OtpAsync(this SuiteProcess process, Application application, object? fields = null)
    {
        var answer = await process.RequestAsync(new(application), fields);
        answer.Error.ShouldBeNull();
        return answer.Value.Otp.Id;
    }

    public static Task<Guid> OtpAsync(this SuiteProcess process, Application application, Channel channel) =>
        process.OtpAsync(application, new { channel = channel.Text(), phoneNumber = Recipients.Next() });

    /// <summary>OTPs one after the other.</summary>
    public static async Task<List<Guid>> OtpsAsync(this SuiteProcess process, Application application, int count)
    {
        var otps = new List<Guid>(count);
        while (otps.Count < count)
        {
            otps.Add(await process.OtpAsync(application));
        }

        return otps;
    }

    public static DeliveryHint Hint(Guid otpId, Channel channel = Channel.Sms, int step = 1, string tried = "") =>
        new(otpId, channel, step, DeliveryRoute.Default, tried);

    public static async Task<ClaimedDelivery?> ClaimAsync(this SuiteProcess process, DeliveryHint hint)
    {
        var provider = hint.Channel == Channel.Whatsapp ? SuiteProcess.Gateway : ProviderChoice.Sandbox;
        return (await process.Get<DeliveryClaims>().ClaimAsync([(hint, provider)], CancellationToken.None))[0];
    }

    public static async Task<ClaimedDelivery> ClaimedAsync(
        this SuiteProcess process, Guid otpId, Channel channel = Channel.Sms, int step = 1) =>
        (await process.ClaimAsync(Hint(otpId, channel, step))).ShouldNotBeNull();

    public static Task<bool> ReportAsync(this SuiteProcess process, ClaimedDelivery claimed, SendOutcome outcome) =>
        process.Get<DeliveryOutcomes>().RecordAsync(
            new(claimed.Delivery.OtpId, claimed.ApplicationId, claimed.Delivery.Id, claimed.Delivery.LeaseId, outcome)
            {
                ReceiptsFrom = claimed.Delivery.Provider,
            },
            CancellationToken.None);

    /// <summary>A provider takes the message of a step.</summary>
    public static async Task<ClaimedDelivery> SendAsync(
        this SuiteProcess process, Guid otpId, Channel channel = Channel.Sms, int step = 1, string? messageId = null)
    {
        var claimed = await process.ClaimedAsync(otpId, channel, step);
        (await process.ReportAsync(claimed, new SendOutcome.Accepted(messageId))).ShouldBeTrue();
        return claimed;
    }

    /// <summary>The newest PIN.</summary>
    public static async Task<string> PinAsync(this SuiteProcess process, Guid otpId)
    {
        var row = await process.QueryAsync(
            db => db.Pins.AsNoTracking().Where(p => p.OtpId == otpId).OrderByDescending(p => p.Version).FirstAsync());
        return process.Secrets.DecryptPin(row).Reveal();
    }

    /// <summary>A PIN that is not this one.</summary>
    public static string Wrong(string pin) => (pin[0] == '1' ? "2" : "1") + pin[1..];

    public static Task<VerifyAnswer> VerifyAsync(
        this SuiteProcess process, Application application, Guid otpId, string pin, string? submissionId = null) =>
        process.Get<OtpVerification>().VerifyAsync(new(application, otpId, new(pin), submissionId), CancellationToken.None);

    public static Task<CancellationAnswer> CancelAsync(
        this SuiteProcess process, Application application, Guid otpId, string? submissionId = null) =>
        process.Get<OtpCancellation>().CancelAsync(new(application, otpId, submissionId), CancellationToken.None);

    /// <summary>The OTP as its store reads it.</summary>
    public static async Task<OtpReading> ReadAsync(this SuiteProcess process, Application application, Guid otpId) =>
        (await process.Get<IOtpStore>().FindAsync(application.Id, otpId, CancellationToken.None)).ShouldNotBeNull();

    /// <summary>Makes OTPs due a minute ago.</summary>
    public static async Task ExpireAsync(this SuiteProcess process, params Guid[] otpIds)
    {
        var due = (await process.ClockAsync()).AddMinutes(-1);
        await process.QueryAsync(
            db => db.Otps.Where(o => otpIds.Contains(o.Id)).ExecuteUpdateAsync(set => set.SetProperty(o => o.ExpiresAt, due)));
        await process.QueryAsync(
            db => db.Pins.Where(p => otpIds.Contains(p.OtpId)).ExecuteUpdateAsync(set => set.SetProperty(p => p.ValidUntil, due)));
    }

    public static Task<List<OtpChange>> ChangesAsync(this SuiteProcess process, Guid otpId) => process.QueryAsync(
        db => db.Changes.AsNoTracking().Where(c => c.OtpId == otpId).OrderBy(c => c.Sequence).ToListAsync());

    /// <summary>Messages about an OTP that are not published yet.</summary>
    public static Task<List<OutboxMessage>> MessagesAsync(this SuiteProcess process, Guid otpId) => process.QueryAsync(
        db => db.Set<OutboxMessage>().AsNoTracking().Where(m => m.CorrelationId == otpId).OrderBy(m => m.CreatedAt).ToListAsync());

    /// <summary>The broker has taken all messages about these OTPs.</summary>
    public static Task<int> PublishedAsync(this SuiteProcess process, params Guid[] otpIds) => process.QueryAsync(
        db => db.Set<OutboxMessage>().Where(m => otpIds.Contains(m.CorrelationId!.Value)).ExecuteDeleteAsync());
}
