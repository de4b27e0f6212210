using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.DeadLetters;

namespace OtpPipeline.Api.Tests.DeadLetters;

public sealed class Dead_letters
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);
    private readonly ApiHost _host;
    private readonly ApiClient _admin;
    private readonly DeadLetterStore _box;
    private readonly string _queue = $"queue-{Guid.NewGuid():N}";

    public Dead_letters(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _admin = new(host.Factory.CreateClient(), host.AdminKey);
        _box = host.Services.GetRequiredService<DeadLetterStore>();
    }

    [Fact]
    public async Task Are_listed_newest_first_by_the_time_at_which_each_was_put_aside()
    {
        // Ids are made by clocks of processes; a row of the outbox was made long before it was parked.
        var times = new[] { "ffffffff", "00000000", "88888888", "11111111" }.Select(
            (start, i) => (Id: Guid.Parse($"{start}-{Guid.NewGuid().ToString()[9..]}"), Age: i)).ToList();
        foreach (var (id, age) in times)
        {
            await _host.QueryAsync(db => age % 2 == 0
                ? db.Database.ExecuteSqlAsync(
                    $"INSERT INTO dead_letters (id, queue, reason, headers, size, created_at) VALUES ({id}, {_queue}, 'r', '{{}}', 1, now() - make_interval(mins => {age}))")
                : db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO outbox_messages (id, message_type, body, created_at, due_at, attempts, parked_at)
                    VALUES ({id}, {_queue}, '[]', now() - interval '1 day', now(), 20, now() - make_interval(mins => {age}))
                    """));
        }

        var seen = new List<Guid>();
        var cursor = "";
        do
        {
            var page = (await _admin.GetAsync($"/admin/dead-letters?queue={_queue}&limit=1{cursor}")).Json;
            seen.Add(page.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetGuid());
            cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);

        seen.ShouldBe(times.Select(t => t.Id));
    }

    [Fact]
    public async Task Can_be_discarded()
    {
        await _box.KeepAsync(_queue, "failed", Message(), None);
        var id = (await ListAsync()).ShouldHaveSingleItem().Id;
        var parked = Guid.CreateVersion7();
        await _host.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"INSERT INTO outbox_messages (id, message_type, body, created_at, due_at, attempts, parked_at) VALUES ({parked}, {_queue}, '{{}}', now(), now(), 20, now())"));
        var waiting = Guid.CreateVersion7();
        await _host.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"INSERT INTO outbox_messages (id, message_type, body, created_at, due_at, attempts) VALUES ({waiting}, {_queue}, '{{}}', now(), now() + interval '1 hour', 0)"));

        foreach (var gone in new[] { id, parked })
        {
            (await DiscardAsync(gone)).ShouldBe(HttpStatusCode.NoContent);
            (await DiscardAsync(gone)).ShouldBe(HttpStatusCode.NotFound);
            _host.Logs.Lines.ShouldContain(l => l.Text.Contains($"did discardDeadLetter on {gone}"));
        }

        (await DiscardAsync(waiting)).ShouldBe(HttpStatusCode.NotFound, "it is still on its way");
        (await _host.QueryAsync(db => db.Set<Outbox.OutboxMessage>().CountAsync(m => m.Id == waiting))).ShouldBe(1);
        (await _admin.GetAsync($"/admin/dead-letters?queue={_queue}")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
        await _host.QueryAsync(db => db.Database.ExecuteSqlAsync($"DELETE FROM outbox_messages WHERE id = {waiting}"));
    }

    [Fact]
    public async Task Of_the_outbox_are_due_again_when_replayed_with_a_line_in_the_log()
    {
        var parked = Guid.CreateVersion7();
        await _host.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO outbox_messages (id, message_type, body, created_at, due_at, attempts, parked_at)
            VALUES ({parked}, {_queue}, '[]', now(), now() + interval '1 hour', 20, now())
            """));

        (await _admin.SendAsync(HttpMethod.Post, $"/admin/dead-letters/{parked}/replay")).Status.ShouldBe(HttpStatusCode.OK);

        _host.Logs.Lines.ShouldContain(l => l.Text.Contains($"did replayDeadLetter on {parked}"));
        (await _admin.GetAsync($"/admin/dead-letters?queue={_queue}")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
        await _host.QueryAsync(db => db.Database.ExecuteSqlAsync($"DELETE FROM outbox_messages WHERE id = {parked}"));
    }

    [Fact]
    public async Task That_fail_again_when_replayed_are_no_second_row()
    {
        await _box.KeepAsync(_queue, "failed", Message(), None);
        var first = (await ListAsync()).Single();
        var mark = ApiHost.Secrets.MarkReplay(first.Id);

        await _box.KeepAsync(_queue, "failed otherwise", Message((DeadLetterStore.ReplayHeader, mark)), None);

        var again = (await ListAsync()).ShouldHaveSingleItem();
        again.Id.ShouldBe(first.Id);
        again.Reason.ShouldBe("failed otherwise");
        again.CreatedAt.ShouldBeGreaterThan(first.CreatedAt);
    }

    [Fact]
    public async Task Are_not_replaced_by_a_message_that_only_says_it_is_a_replay()
    {
        await _box.KeepAsync(_queue, "failed", Message(), None);
        var first = (await ListAsync()).Single();
        var mark = ApiHost.Secrets.MarkReplay(first.Id);
        foreach (var forged in new[] { $"{first.Id:N}", $"{first.Id:N}.{new string('0', 64)}", mark[..^1], mark + "0", "", "." })
        {
            await _box.KeepAsync(_queue, "forged", Message((DeadLetterStore.ReplayHeader, forged)), None);
        }

        // A mark of ours that comes from another queue is none for this one.
        await _box.KeepAsync(_queue + "-other", "elsewhere", Message((DeadLetterStore.ReplayHeader, mark)), None);

        var all = await ListAsync();
        all.Count.ShouldBe(7);
        all.Single(d => d.Id == first.Id).Reason.ShouldBe("failed");
        all.Where(d => d.Id != first.Id)
            .ShouldAllBe(d => !ApiHost.Secrets.DecryptDeadLetter(d).Headers.ContainsKey(DeadLetterStore.ReplayHeader));
        (await _host.QueryAsync(db => db.Set<DeadLetter>().CountAsync(d => d.Queue == _queue + "-other"))).ShouldBe(1);
    }

    private Task<List<DeadLetter>> ListAsync() =>
        _host.QueryAsync(db => db.Set<DeadLetter>().AsNoTracking().Where(d => d.Queue == _queue).ToListAsync());

    private async Task<HttpStatusCode> DiscardAsync(Guid id) =>
        (await _admin.SendAsync(HttpMethod.Delete, $"/admin/dead-letters/{id}")).Status;

    private static OriginalMessage Message(params (string Name, string Value)[] headers) =>
        new("{}"u8.ToArray(), null, null, null, null, null, null, headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.Ordinal));
}
