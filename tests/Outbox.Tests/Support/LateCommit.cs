using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OtpPipeline.Outbox.Tests.Support;

/// <summary>Commits while the host stops, after the outbox has stopped, as a consumer that finishes its message does.</summary>
internal sealed class LateCommit(Func<Task> commit) : IHostedService
{
    /// <summary>Stops run in reverse, so the first service is the last to stop.</summary>
    public static void Register(IServiceCollection services, Func<Task> commit) =>
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(new LateCommit(commit)));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => commit();
}
