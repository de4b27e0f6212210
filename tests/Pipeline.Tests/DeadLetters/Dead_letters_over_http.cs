using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.DeadLetters;

public sealed class Dead_letters_over_http
{
    private const string Key = "admin-key-of-the-tests";

    [Fact]
    public async Task What_was_put_aside_is_listed_and_sent_again_as_its_sender_made_it()
    {
        await using var pipeline = await RunningPipeline.StartAsync(
            new() { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Admin:Key"] = Key } });
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        using var admin = new HttpClient { BaseAddress = pipeline.Apis[0].Address };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        var recipient = Recipients.Next();
        await NonsenseIsAProblemAsync(admin);

        // A message that the broker gave up on: good in itself, and found among the dead letters.
        var good = JsonSerializer.SerializeToUtf8Bytes(client.Command(("phoneNumber", recipient)));
        await client.SendAsync(
            "request-otp-dead", good,
            new BasicProperties { MessageId = "given up", CorrelationId = "again", ReplyTo = client.ReplyQueue, ContentType = "text/x-odd; a=b" });
        await client.SendAsync("otp-sms", "[1]", new BasicProperties { MessageId = "sms-1" });
        await client.SendAsync("verify-otp", "", new BasicProperties { MessageId = "verify-1" });
        await pipeline.Database.ExecuteAsync(
            "INSERT INTO outbox_messages (id, message_type, body, created_at, due_at, attempts, parked_at, last_error) VALUES ($1, " +
            "'otp-gone', '{}', now(), now(), 20, now(), 'no such type')",
            Guid.CreateVersion7());
        var all = await Eventually.Get(
            async () =>
                await ListAsync(admin, "") is { } page && page.GetProperty("items").GetArrayLength() == 4 ? page.GetProperty("items")
                    .EnumerateArray().ToArray() : null,
            "all four are listed");

        all.Select(d => d.GetProperty("createdAt").GetDateTimeOffset()).ShouldBeInOrder(SortDirection.Descending);
        Reasons(all).ShouldBe(
            ["found among the dead letters", "no such type", "unreadable: empty body", "unreadable: no JSON object"], ignoreOrder: true);
        (await PagesAsync(admin)).ShouldBe(all.Select(d => d.GetProperty("id").GetString()));
        var listed = (await ListAsync(admin, "?queue=request-otp")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        listed.GetProperty("messageId").GetString().ShouldBe("given up");
        listed.GetProperty("replayedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        listed.ToString().ShouldNotContain(recipient[1..]);
        (await pipeline.Database.ScalarAsync<string>("SELECT string_agg(d::text, ' ') FROM dead_letters d"))
            .ShouldNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(recipient)));

        (await ReplayAsync(admin, listed)).ShouldBe(200);
        (await client.AnswerAsync("again")).Type.ShouldBe("OtpAccepted");
        (await ReplayAsync(admin, listed)).ShouldBe(200);
        var again = await client.AnswerAsync("again");
        (await pipeline.Database.CountAsync("otps")).ShouldBe(1, "the message id is the idempotency key, on a replay too");
        again.Type.ShouldBe("OtpAccepted");
        (await ListAsync(admin, "?queue=request-otp")).GetProperty("items")[0].GetProperty("replayedAt").ValueKind
            .ShouldBe(JsonValueKind.String);

        // A replay that fails again is the row that it was, put aside once more.
        var broken = all.Single(d => d.GetProperty("queue").GetString() == "verify-otp");
        (await ReplayAsync(admin, broken)).ShouldBe(200);
        await Eventually.Until(
            async () => (await ListAsync(admin, "?queue=verify-otp")).GetProperty("items").EnumerateArray().Single() is var again
                && again.GetProperty("createdAt").GetDateTimeOffset() > broken.GetProperty("createdAt").GetDateTimeOffset(),
            "it failed again");
        (await pipeline.Database.CountAsync("dead_letters")).ShouldBe(3);
        using (var gone = await admin.DeleteAsync(new Uri($"admin/dead-letters/{broken.GetProperty("id").GetString()}", UriKind.Relative)))
        {
            ((int)gone.StatusCode).ShouldBe(204);
        }

        (await ListAsync(admin, "?queue=verify-otp")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await ReplayAsync(admin, all.Single(d => d.GetProperty("kind").GetString() == "outbox"))).ShouldBe(200);
        await Eventually.Until(
            async () => await pipeline.Database.CountAsync("outbox_messages WHERE parked_at IS NULL AND attempts > 0") == 1,
            "the outbox tries it again");
    }

    private static async Task NonsenseIsAProblemAsync(HttpClient admin)
    {
        foreach (var (method, path, status) in new[]
        {
            ("GET", "?limit=0", 400), ("GET", "?limit=x", 400), ("GET", "?cursor=x", 400), ("POST", "/x/replay", 404),
            ("POST", $"/{Guid.NewGuid()}/replay", 404),
        })
        {
            using var request = new HttpRequestMessage(new(method), "admin/dead-letters" + path);
            using var answer = await admin.SendAsync(request);
            ((int)answer.StatusCode).ShouldBe(status, path);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }

        using var stranger = new HttpClient { BaseAddress = admin.BaseAddress };
        using var refused = await stranger.GetAsync(new Uri("admin/dead-letters", UriKind.Relative));
        ((int)refused.StatusCode).ShouldBe(401);
    }

    private static IEnumerable<string?> Reasons(IEnumerable<JsonElement> letters) =>
        letters.Select(d => d.GetProperty("reason").GetString());

    private static async Task<JsonElement> ListAsync(HttpClient admin, string query) =>
        JsonDocument.Parse(await admin.GetStringAsync(new Uri("admin/dead-letters" + query, UriKind.Relative))).RootElement;

    private static async Task<List<string?>> PagesAsync(HttpClient admin)
    {
        var ids = new List<string?>();
        var cursor = "";
        do
        {
            var page = await ListAsync(admin, "?limit=1" + cursor);
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(d => d.GetProperty("id").GetString()));
            cursor = page.GetProperty("next").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);
        return ids;
    }

    private static async Task<int> ReplayAsync(HttpClient admin, JsonElement letter)
    {
        using var answer = await admin.PostAsync(
            new Uri($"admin/dead-letters/{letter.GetProperty("id").GetString()}/replay", UriKind.Relative), content: null);
        return (int)answer.StatusCode;
    }
}
