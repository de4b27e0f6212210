using Microsoft.Extensions.DependencyInjection;

namespace OtpPipeline.Outbox.Tests.Support;

internal sealed class CountingPublisher(IOutboxPublisher inner) : IOutboxPublisher
{
    private int _calls;

    public int Calls => _calls;

    public static void Decorate(IServiceCollection services, Action<CountingPublisher> created)
    {
        var registered = services.Single(s => s.ServiceType == typeof(IOutboxPublisher));
        services.Remove(registered);
        services.AddSingleton<IOutboxPublisher>(provider =>
        {
            var inner = (IOutboxPublisher)ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!);
            var publisher = new CountingPublisher(inner);
            created(publisher);
            return publisher;
        });
    }

    public Task PublishAsync(OutgoingMessage outgoing, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return inner.PublishAsync(outgoing, cancellationToken);
    }
}
