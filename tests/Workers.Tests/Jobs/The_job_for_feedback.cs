using System.Reflection;
using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Outbox;
using OtpPipeline.Workers.Jobs;

namespace OtpPipeline.Workers.Tests.Jobs;

/// <summary>Without servers: what it asks of the database.</summary>
public sealed class The_job_for_feedback
{
    [Theory]
    [InlineData("otp-feedback", BusHealthStatus.Healthy, true, 1)]
    [InlineData("otp-feedback", BusHealthStatus.Degraded, true, 0)]
    [InlineData("otp-feedback", BusHealthStatus.Unhealthy, true, 0)]
    [InlineData("otp-callbacks", BusHealthStatus.Healthy, true, 0)]
    [InlineData("otp-feedback", BusHealthStatus.Healthy, false, 0)]
    public async Task Looks_for_lost_commands_only_while_its_queue_delivers_and_a_provider_wants_feedback(
        string queue, BusHealthStatus status, bool wanted, int looks)
    {
        var transactions = 0;
        var store = Stub.Of<IOtpStore>(() =>
        {
            transactions++;
            return Task.FromException<IOtpUnit>(new TimeoutException("The database is not asked here."));
        });
        await using var feedback = new DeliveryFeedback(
            store, Stub.Of<IOutbox>(() => null), null!, new(wanted ? [new("a", true)] : []), Options.Create(new BatchingOptions()));
        var readiness = new BusReadiness(TimeProvider.System);
        readiness.Begun(Task.CompletedTask);
        var job = new FeedbackJob(
            feedback, new(wanted ? [new("a", true)] : []), Stub.Of<IBusControl>(() => HealthOf(queue, status)),
            new(readiness, NullLogger<JobRun>.Instance), Options.Create(new JobOptions()), NullLogger<FeedbackJob>.Instance);

        await job.Execute(null!, CancellationToken.None);

        transactions.ShouldBe(looks);
    }

    private static BusHealthResult HealthOf(string queue, BusHealthStatus status)
    {
        var endpoint = Stub.Of<IReceiveEndpoint>(() => new Uri($"rabbitmq://localhost/{queue}"));
        var result = status switch
        {
            BusHealthStatus.Healthy => EndpointHealthResult.Healthy(endpoint, ""),
            BusHealthStatus.Degraded => EndpointHealthResult.Degraded(endpoint, ""),
            _ => EndpointHealthResult.Unhealthy(endpoint, "", null),
        };
        return BusHealthResult.Healthy("", new Dictionary<string, EndpointHealthResult> { [queue] = result });
    }

    /// <summary>Gives one answer to every call.</summary>
    public class Stub : DispatchProxy
    {
        private Func<object?> _answer = null!;

        public static T Of<T>(Func<object?> answer)
            where T : class
        {
            var proxy = Create<T, Stub>();
            ((Stub)(object)proxy)._answer = answer;
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer();
    }
}
