using Microsoft.Extensions.Options;
using Quartz;

namespace OtpPipeline.Workers.Jobs;

/// <summary>
/// Quartz with an in-memory store in every worker. Jobs claim rows in batches that skip locked ones, so workers need no common lock.
/// </summary>
public static class JobSchedule
{
    public static IServiceCollection AddOtpJobs(this IServiceCollection services)
    {
        services.AddOptions<JobOptions>().BindConfiguration(JobOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<JobRun>();
        services.AddQuartz(quartz =>
        {
            quartz.UseInMemoryStore();
            quartz.UseTimeProvider(new SteadyTime(TimeProvider.System));
            quartz.Every<ExpiryJob>(o => o.ExpiryInterval);
            quartz.Every<DeliveryRecoveryJob>(o => o.RecoveryInterval);
            quartz.Every<FeedbackJob>(o => o.RecoveryInterval);
            quartz.Every<StepJob>(o => o.StepInterval);
            quartz.Every<CallbackJob>(o => o.CallbackInterval);
            quartz.Every<PurgeJob>(o => o.PurgeInterval);
        });
        services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
        return services;
    }

    /// <summary>The interval is the pause between the end of one run and the start of the next: runs never overlap or pile up.</summary>
    private static void Every<TJob>(this IQuartzBuilder quartz, Func<JobOptions, TimeSpan> interval)
        where TJob : class, IJob =>
        quartz.ScheduleJob<TJob>(
            (provider, trigger) => trigger
                .StartNow()
                .WithSimpleSchedule(s => s
                    .WithInterval(interval(provider.GetRequiredService<IOptions<JobOptions>>().Value))
                    .RepeatForever()
                    .MeasureIntervalFromCompletion()
                    .WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow)),
            (_, _) => { });
}
