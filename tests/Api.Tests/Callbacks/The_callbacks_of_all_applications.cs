using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Callbacks;

namespace OtpPipeline.Api.Tests.Callbacks;

public sealed class The_callbacks_of_all_applications
{
    private readonly ApiHost _host;
    private readonly ApiClient _admin;
    private readonly Guid _application = Guid.CreateVersion7();

    public The_callbacks_of_all_applications(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _admin = new(host.Factory.CreateClient(), host.AdminKey);
    }

    [Theory]
    [InlineData("parked")]
    [InlineData("delivered")]
    [InlineData("pending")]
    public async Task Are_listed_newest_first_by_the_clock_of_the_database_page_by_page(string status)
    {
        await AddAsync(status, 230);

        var seen = new List<Guid>();
        var cursor = "";
        do
        {
            var page = (await _admin.GetAsync($"/admin/callbacks?status={status}&application={_application}{cursor}")).Json;
            seen.AddRange(page.GetProperty("data").EnumerateArray().Select(c => c.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);

        var stored = await _host.QueryAsync(
            db => db.Set<Callback>().AsNoTracking().Where(c => c.ApplicationId == _application).ToListAsync());
        stored.Count.ShouldBe(230);
        seen.ShouldBe(
            stored.OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.Id.ToString(), StringComparer.Ordinal).Select(c => c.Id));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("01990000-0000-7000-8000-000000000001")]
    public async Task Are_not_listed_from_a_cursor_that_no_answer_gave(string cursor) =>
        (await _admin.GetAsync($"/admin/callbacks?cursor={cursor}")).ShouldBeProblem(
            400, 2101, "The parameter 'cursor' must be the 'next' of an answer before");

    [Fact]
    public async Task Are_sent_again_one_by_one_with_a_line_in_the_log()
    {
        await AddAsync("parked", 1);
        var id = (await _host.QueryAsync(db => db.Set<Callback>().AsNoTracking().SingleAsync(c => c.ApplicationId == _application))).Id;

        (await _admin.SendAsync(HttpMethod.Post, $"/admin/callbacks/{id}/replay")).Status.ShouldBe(HttpStatusCode.Accepted);

        var replayed = await _host.QueryAsync(db => db.Set<Callback>().AsNoTracking().SingleAsync(c => c.Id == id));
        (replayed.Status, replayed.Reason).ShouldBe((CallbackStatus.Pending, null));
        _host.Logs.Lines.ShouldContain(l => l.Text.Contains($"did adminReplayCallback on {id}"));
    }

    /// <summary>Ids are made by the clocks of processes, and several callbacks are of one moment.</summary>
    private Task AddAsync(string status, int count) => _host.QueryAsync(db => db.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO callbacks (id, otp_id, application_id, sequence, previous, status, reason, attempts, failures, due_at, created_at, updated_at)
        SELECT gen_random_uuid(), gen_random_uuid(), {_application}, 2, 0, {status.ToUpperInvariant()}, 'gone', 1, 1, now() + interval '1 day',
               now() - make_interval(secs => g / 3), now()
        FROM generate_series(1, {count}) g
        """));
}
