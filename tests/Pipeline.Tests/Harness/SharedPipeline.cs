using OtpPipeline.Pipeline.Tests.Harness;
using Xunit;

// Two cores carry the servers, the hosts and the load: one situation at a time, so that a deadline means something.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(SharedPipeline))]

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>Two Api processes and a worker for all tests that break nothing; started by the first that asks.</summary>
public sealed class SharedPipeline : IAsyncDisposable
{
    private Task<RunningPipeline>? starting;

    internal Task<RunningPipeline> GetAsync() => starting ??= RunningPipeline.StartAsync(new() { Apis = 2 });

    public async ValueTask DisposeAsync()
    {
        if (starting is { IsCompletedSuccessfully: true })
        {
            await (await starting).DisposeAsync();
        }
    }
}
