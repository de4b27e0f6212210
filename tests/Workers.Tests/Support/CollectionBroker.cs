using System.Collections.Concurrent;

namespace OtpPipeline.Workers.Tests.Support;

/// <summary>A virtual host for each collection of tests, so that they run side by side.</summary>
internal static class CollectionBroker
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<Uri>>> Addresses = new(StringComparer.Ordinal);

    /// <summary>The address for the tests of the running collection.</summary>
    public static Task<Uri> AddressAsync() =>
        Addresses.GetOrAdd(TestContext.Current.TestCollection!.UniqueID, _ => new(VirtualHosts.TakeAsync)).Value;
}
