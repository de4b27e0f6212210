using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OtpPipeline.Api.Tests.Support;

internal static class HostStop
{
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
