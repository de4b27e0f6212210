using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Tests.Support;
using Shouldly;

namespace OtpPipeline.Core.Tests.Deliveries.Sending;

/// <summary>What OTPs owe, in a store in memory.</summary>
public abstract class OwedFeedbackTest : IAsyncDisposable
{
    protected static readonly FeedbackProviders Providers = new([new("a", true)]);
    protected static readonly DateTime Lost = Some.Now.AddMinutes(1);

    private protected OwedFeedbackTest() => Feedback = With(Providers);

    private protected StoreInMemory Store { get; } = new();

    protected DeliveryFeedback Feedback { get; }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Feedback.DisposeAsync();
    }

    /// <summary>As a host with these providers has it.</summary>
    protected DeliveryFeedback With(FeedbackProviders providers) =>
        new(Store, Store, Some.Secrets, providers, Options.Create(new BatchingOptions()));

    protected async Task<LockedOtp> OwedAsync()
    {
        var otp = Otp(("a", DeliveryStatus.Sent, "p-1"));
        await VerifyAsync(otp);
        return otp;
    }

    protected LockedOtp Otp(params (string Provider, DeliveryStatus Status, string? MessageId)[] deliveries)
    {
        var otp = Store.Add(Some.Locked());
        foreach (var ((provider, status, messageId), i) in deliveries.Select((d, i) => (d, i)))
        {
            var delivery = Some.Delivery(otp.Otp.Id, status, i + 1, provider);
            delivery.ProviderMessageId = messageId;
            delivery.LeaseId ??= Guid.CreateVersion7();
            otp.Deliveries.Add(delivery);
        }

        return otp;
    }

    protected async Task VerifyAsync(LockedOtp otp)
    {
        await using var verification = new OtpVerification(
            Store, Store, Some.Secrets, Providers, Options.Create(Some.OtpOptions("k1")), Options.Create(new BatchingOptions()));
        await verification.VerifyAsync(new(Some.Application(), otp.Otp.Id, new("123456")), CancellationToken.None);
        otp.Otp.Status.ShouldBe(OtpStatus.Verified);
    }

    protected Task<OwedFeedback?> FindAsync(LockedOtp otp, bool isReplay = false) =>
        Feedback.FindAsync(new(otp.Otp.Id, otp.Otp.ApplicationId), isReplay, CancellationToken.None);

    protected Task<int> PostponeAsync(LockedOtp otp, TimeSpan pause) =>
        Feedback.PostponeAsync(otp.Otp.Id, attempt: 2, pause, traceParent: null, CancellationToken.None);

    protected int Commands() => Store.Messages.Count(m => m.MessageType == "feedback");

    protected (int Attempt, int Republished, DateTime DueAt) Row(LockedOtp otp) =>
        (Store.Feedback[otp.Otp.Id].Attempt, Store.Feedback[otp.Otp.Id].Republished, Store.Feedback[otp.Otp.Id].DueAt);
}
