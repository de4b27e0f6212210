using System.Collections.Concurrent;
using System.Reflection;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Providers.Sandbox;
using OtpPipeline.Workers.Tests.Support;
using Quartz;

namespace OtpPipeline.Workers.Tests.Jobs;

/// <summary>On the real broker and database; the broker lets the worker wait.</summary>
public sealed class The_jobs_of_a_worker_that_starts
{
    [Fact]
    public async Task Commit_nothing_before_its_bus_can_publish()
    {
        await using var broker = await Broker.ConnectAsync();
        await broker.ForgetTopologyAsync();
        await using var database = await MigratedDatabase.CreateAsync();
        await using var proxy = BrokerProxy.To(await CollectionBroker.AddressAsync());
        Guid otpId;
        await using (var before = new WorkerHost(database))
        {
            await before.StartAsync();
            otpId = await before.RequestAsync(Channel.Sms, SandboxScripts.Recipient(SandboxScript.Deliver, RecipientKind.Phone));
            await before.SettledAsync(otpId, o => o.Deliveries[0].Status == DeliveryStatus.Sent, "it is sent");
        }

        await database.ExpireAsync(otpId);
        var transactions = new ConcurrentQueue<bool>();
        proxy.Hang();
        await using var worker = new WorkerHost(
            database, new(StringComparer.Ordinal) { ["RabbitMq:Uri"] = proxy.Address.AbsoluteUri }, Watch);
        await worker.StartAsync();
        var scheduler = await worker.Services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await Eventually.Until(async () => (await scheduler.GetMetadata()).JobsExecuted > 4, "the jobs have run");
        var beforeTheBus = transactions.Count;

        proxy.Thaw();

        await worker.SettledAsync(otpId, o => o.Otp.Status == OtpStatus.Expired, "it is expired");
        beforeTheBus.ShouldBe(0);
        transactions.ShouldAllBe(connected => connected);

        void Watch(IServiceCollection services)
        {
            var inner = services.Last(s => s.ServiceType == typeof(IOtpStore)).ImplementationType!;
            services.AddSingleton<IOtpStore>(p => Watched.From(
                (IOtpStore)ActivatorUtilities.CreateInstance(p, inner),
                () => transactions.Enqueue(p.GetRequiredService<IBusControl>().CheckHealth().Status == BusHealthStatus.Healthy)));
        }
    }

    /// <summary>Tells of each transaction that is begun.</summary>
    public class Watched : DispatchProxy
    {
        private IOtpStore _inner = null!;
        private Action _begun = null!;

        public static IOtpStore From(IOtpStore inner, Action begun)
        {
            var proxy = Create<IOtpStore, Watched>();
            ((Watched)(object)proxy)._inner = inner;
            ((Watched)(object)proxy)._begun = begun;
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name is nameof(IOtpStore.BeginAsync))
            {
                _begun();
            }

            return targetMethod.Invoke(_inner, args);
        }
    }
}
