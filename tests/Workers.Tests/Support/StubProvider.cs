using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Workers.Providers;
using OtpPipeline.Workers.Providers.Registration;
using OtpPipeline.Workers.Providers.Reservations;

namespace OtpPipeline.Workers.Tests.Support;

/// <summary>A provider in the test's hands: it counts its calls, and answers what the test says.</summary>
internal sealed class StubProvider(string name) : IOtpProvider
{
    private int _underWay;
    private int _most;

    public string Name => name;

    /// <summary>The OTP of each call, in their order.</summary>
    public ConcurrentQueue<Guid> Calls { get; } = new();

    /// <summary>Most calls at once.</summary>
    public int Most => Volatile.Read(ref _most);

    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Waited for within each call.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public Func<OutgoingDelivery, SendOutcome> Answer { get; set; } = _ => new SendOutcome.Accepted(null);

    /// <summary>Adds it to a host, with a limit on its messages at once.</summary>
    public void AddTo(IServiceCollection services, int concurrency = int.MaxValue)
    {
        services.AddSingleton(new ProviderName(name));
        services.AddSingleton(new ProviderLimits(name, concurrency));
        services.AddSingleton<IOtpProvider>(this);
    }

    public async Task<SendOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken)
    {
        var underWay = Interlocked.Increment(ref _underWay);
        for (var seen = Most; underWay > seen; seen = Most)
        {
            Interlocked.CompareExchange(ref _most, underWay, seen);
        }

        Calls.Enqueue(delivery.Delivery.OtpId);
        await Gate;
        Interlocked.Decrement(ref _underWay);
        return Answer(delivery);
    }
}
