using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Applications.Seeding;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.DeadLetters;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.RateLimits;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core;

public static class CoreRegistration
{
    /// <summary>Registers the use cases and their options. Also register a Storage project and the outbox.</summary>
    public static IServiceCollection AddOtpCore(this IServiceCollection services)
    {
        services.AddOptions<OtpOptions>().BindConfiguration(OtpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<DeliveryOptions>().BindConfiguration(DeliveryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, ChannelKeys>();
        services.AddOptions<CallbackOptions>().BindConfiguration(CallbackOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<BatchingOptions>().BindConfiguration(BatchingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SandboxOptions>().BindConfiguration(SandboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PublicUrlOptions>().BindConfiguration(PublicUrlOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SeededApplications>().BindConfiguration(SeededApplication.Section).ValidateDataAnnotations().ValidateOnStart();

        services.AddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<OtpMetrics>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<OtpSecrets>();
        services.AddSingleton<ReceiptAddresses>();
        services.AddSingleton<ReceiptMetrics>();
        services.AddSingleton<ProviderChoice>();
        services.TryAddSingleton(FeedbackProviders.None);
        services.AddSingleton<ApplicationDirectory>();
        services.AddHostedService(p => p.GetRequiredService<ApplicationDirectory>());
        services.AddSingleton<ApplicationSeeding>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<DistributedRateLimit>();
        services.AddSingleton<OtpIntake>();
        services.AddSingleton<OtpVerification>();
        services.AddSingleton<OtpCancellation>();
        services.AddSingleton<OtpCheck>();
        services.AddSingleton<SendingTransactions>();
        services.AddSingleton<OtpResend>();
        services.AddSingleton<OtpNext>();
        services.AddSingleton<StepStart>();
        services.AddSingleton<OtpReader>();
        services.AddSingleton<OtpExpiry>();
        services.AddSingleton<DeadLetterStore>();
        services.AddSingleton<QueueLag>();
        services.AddSingleton<ReleaseSignal>();
        services.AddSingleton<PublishQuota>();
        services.AddSingleton<DeliveryRelease>();
        services.AddHostedService<ReleaseLoop>();
        services.AddSingleton<DeliveryClaims>();
        services.AddSingleton<DeliveryConsequences>();
        services.AddSingleton<SpendingBudgets>(p => new(p.GetRequiredService<ApplicationDirectory>(), p.GetRequiredService<ProviderChoice>()));
        services.AddSingleton<DeliveryOutcomes>();
        services.AddSingleton<DeliveryRecovery>();
        services.AddSingleton<DroppedReceipts>();
        services.AddSingleton<DeliveryFeedback>();
        services.AddSingleton<ReceiptRecording>();
        services.AddSingleton<CallbackClaims>();
        services.AddSingleton<CallbackOutcomes>();
        return services;
    }
}
