using OtpPipeline.Core.Recipients;
using Xunit;

// Three situations at a time, since most of a situation is waiting; those of one pipeline follow each other.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>Two Api processes and a worker with the defaults, for all tests that leave it as they found it.</summary>
[CollectionDefinition(nameof(SharedPipeline))]
public sealed class SharedPipeline : LazyPipeline, ICollectionFixture<SharedPipeline>
{
    private protected override Setup Setup => new() { Apis = 2 };
}

/// <summary>
/// One with short leases, for tests of workers that die: at-least-once on sms, at-most-once on call, a ussd and a whatsapp that are soon
/// full.
/// </summary>
[CollectionDefinition(nameof(ImpatientPipeline))]
public sealed class ImpatientPipeline : LazyPipeline, ICollectionFixture<ImpatientPipeline>
{
    internal static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(3);

    private protected override Setup Setup => new()
    {
        Settings = new Dictionary<string, string>(HostSettings.ShortLease, StringComparer.Ordinal)
        {
            ["Deliveries:LostAfter"] = LostAfter.ToString(),
            ["Deliveries:Channels:call:UnknownPolicy"] = "AtMostOnce",
            ["Deliveries:Channels:ussd:Concurrency"] = "4",
            ["Deliveries:Channels:ussd:Prefetch"] = "4",
            ["Deliveries:Channels:whatsapp:Concurrency"] = "4",
            ["Deliveries:Channels:whatsapp:Prefetch"] = "4",
        },
    };
}

/// <summary>A pipeline that the first test which asks starts; the others find it running. It ends with its collection or class.</summary>
public abstract class LazyPipeline : IAsyncDisposable
{
    private Task<RunningPipeline>? _starting;

    private protected abstract Setup Setup { get; }

    internal Task<RunningPipeline> GetAsync() => _starting ??= RunningPipeline.StartAsync(Setup);

    public async ValueTask DisposeAsync()
    {
        if (_starting is { IsCompletedSuccessfully: true })
        {
            await (await _starting).DisposeAsync();
        }
    }
}
