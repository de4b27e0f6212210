using System.Collections.Concurrent;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OtpPipeline.Api.Tests.Support;

internal static class HostStop
{
    private const int AtOnce = 4;
    private static readonly ConcurrentBag<Task> Leaving = [];

    /// <summary>
    /// Begins the stop: a bus whose broker is not there takes seconds to say goodbye, for which no test needs to wait. A few at once only,
    /// since each keeps its connections until then.
    /// </summary>
    public static async ValueTask LeaveAsync(this WebApplicationFactory<Program> factory)
    {
        while (Leaving.Where(l => !l.IsCompleted).ToList() is { Count: >= AtOnce } left)
        {
            await Task.WhenAny(left);
        }

        Leaving.Add(factory.StopAsync().AsTask());
    }

    /// <summary>Ends when every host that was left has stopped.</summary>
    public static Task AllAsync() => Task.WhenAll(Leaving);

    /// <summary>
    /// Stops the host as a signal does and then lets go of it. The factory's own disposal would stop its services while the
    /// entry point is doing that too.
    /// </summary>
    public static async ValueTask StopAsync(this WebApplicationFactory<Program> factory)
    {
        var lifetime = factory.Services.GetRequiredService<IHostApplicationLifetime>();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStopped.Register(stopped.SetResult))
        {
            lifetime.StopApplication();
            await stopped.Task;
        }

        await factory.DisposeAsync();
    }
}
