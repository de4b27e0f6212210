using OtpPipeline.Pipeline.Tests.Documentation;
using OtpPipeline.Pipeline.Tests.Harness;
using OtpPipeline.Pipeline.Tests.Promises;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>Starts the collections that take minutes first: one that started last would run by itself at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(SharedPipeline), nameof(ImpatientPipeline), nameof(Queues_that_somebody_deletes), nameof(Crashes_at_random),
        nameof(DocumentedPipeline),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Place)];

    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection =>
        Array.FindIndex(Longest, n => collection.TestCollectionDisplayName.Contains(n, StringComparison.Ordinal)) is >= 0 and var place
            ? place
            : Longest.Length;
}
