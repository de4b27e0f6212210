using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;
using Xunit.v3;

[assembly: MadeApplications]

namespace OtpPipeline.Api.Tests.Support;

/// <summary>The keys, identifiers and secrets of applications that a test makes end with it.</summary>
/// <remarks>Each change of an application reads all of them, so that those of finished tests would slow every later one.</remarks>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class MadeApplicationsAttribute : Attribute, IBeforeAfterTestAttribute
{
    private static readonly ConcurrentDictionary<Guid, string> TestOf = [];
    private static readonly ConcurrentBag<Guid> Ended = [];

    public void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
    }

    public void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        foreach (var (id, _) in TestOf.Where(m => m.Value == test.UniqueID))
        {
            Keep(id);
            Ended.Add(id);
        }
    }

    /// <summary>Notes an application of the running test.</summary>
    internal static void Add(Guid id)
    {
        if (TestContext.Current.Test is { } test)
        {
            TestOf[id] = test.UniqueID;
        }
    }

    /// <summary>Further tests use it.</summary>
    internal static void Keep(Guid id) => TestOf.TryRemove(id, out _);

    /// <summary>Deletes what the tests that have ended left. The applications themselves and their OTPs stay.</summary>
    internal static async Task DeleteEndedAsync(ApiHost host)
    {
        List<Guid> ids = [];
        while (Ended.TryTake(out var id))
        {
            ids.Add(id);
        }

        if (ids.Count > 0)
        {
            await host.QueryAsync(async db =>
                await db.ApplicationIdentifiers.Where(i => ids.Contains(i.ApplicationId)).ExecuteDeleteAsync()
                + await db.ApiKeys.Where(k => ids.Contains(k.ApplicationId)).ExecuteDeleteAsync()
                + await db.WebhookSecrets.Where(s => ids.Contains(s.ApplicationId)).ExecuteDeleteAsync());
        }
    }
}
