using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Pipeline.Tests.Harness;
using OtpPipeline.Storage.Postgres;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Callbacks;

/// <summary>What is due is claimed for each application in turn, on a database that no worker reads.</summary>
public sealed class Taking_turns
{
    private static readonly Guid Ours = Guid.CreateVersion7();
    private static readonly Guid Theirs = Guid.CreateVersion7();
    private static readonly Guid Quiet = Guid.CreateVersion7();

    [Fact]
    public async Task The_backlog_of_one_application_is_not_claimed_before_anothers_callbacks()
    {
        await using var pipeline = await RunningPipeline.StartAsync(new() { Workers = 0 });
        await AddAsync(pipeline, Theirs, 3000, "-1 hour");
        await AddAsync(pipeline, Ours, 5, "-1 second");
        await AddAsync(pipeline, Quiet, 5, "1 hour");
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddLogging()
            .AddOtpCore()
            .AddPostgresStorage(pipeline.Database.ConnectionString)
            .BuildServiceProvider();
        var store = services.GetRequiredService<ICallbackStore>();

        var due = await store.ReadDueApplicationsAsync(TestContext.Current.CancellationToken);
        var claimed = await ClaimAsync(store, due, 250);

        due.ShouldBe([Ours, Theirs], ignoreOrder: true);
        claimed.CountBy(c => c.ApplicationId).ShouldBe([new(Ours, 5), new(Theirs, 250)], ignoreOrder: true);
        (await store.ReadDueApplicationsAsync(TestContext.Current.CancellationToken)).ShouldBe([Theirs]);

        // One that has no room in the worker is left out; what others hold is skipped.
        await AddAsync(pipeline, Ours, 7, "-1 second");
        await using var held = await pipeline.Database.HoldAsync(
            "SELECT id FROM callbacks WHERE application_id = $1 AND lease_id IS NULL ORDER BY id LIMIT 3 FOR UPDATE", Ours);
        (await ClaimAsync(store, [Ours], 250)).CountBy(c => c.ApplicationId).ShouldBe([new(Ours, 4)]);
    }

    private static Task<IReadOnlyList<Callback>> ClaimAsync(ICallbackStore store, IReadOnlyCollection<Guid> applications, int limit) =>
        store.ClaimDueAsync(Guid.CreateVersion7(), TimeSpan.FromMinutes(1), applications, limit, TestContext.Current.CancellationToken);

    private static Task AddAsync(RunningPipeline pipeline, Guid application, int count, string due) => pipeline.Database.ExecuteAsync(
        """
        INSERT INTO callbacks (id, otp_id, application_id, sequence, previous, status, content, attempts, failures, due_at, created_at, updated_at)
        SELECT gen_random_uuid(), gen_random_uuid(), $1, 2, 1, 'PENDING', '', 1, 1, now() + $3::interval, now(), now() FROM generate_series(1, $2)
        """,
        application,
        count,
        due);
}
