using OtpPipeline.Pipeline.Tests.Callbacks;
using OtpPipeline.Pipeline.Tests.Documentation;
using OtpPipeline.Pipeline.Tests.Harness;
using OtpPipeline.Pipeline.Tests.Promises;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>Starts the collections that take minutes first: one that started last would run by itself at the end.</summary>
/// <remarks>One thread queues all of them, and the pool starts what a thread queued last first; an idle thread takes the oldest.</remarks>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private const string Oldest = nameof(SharedPipeline);

    private static readonly string[] Longest =
    [
        nameof(DocumentedPipeline), nameof(Crashes_at_random), nameof(Queues_that_somebody_deletes), nameof(ImpatientPipeline),
        nameof(Hosts_with_a_wrong_clock), nameof(Dead_subscribers),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Place)];

    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection => Is(collection, Oldest) ? int.MinValue : Array.FindIndex(Longest, n => Is(collection, n));

    private static bool Is(ITestCollection collection, string name) =>
        collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal);
}
