using System.Text;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

[Collection(PerfumerlabsCollection.Name)]
public sealed class Bytes_that_mean_nothing
{
    private readonly PerfumerlabsHost _host;

    public Bytes_that_mean_nothing(PerfumerlabsHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    public static TheoryData<string, string> Bodies => new()
    {
        { "not json", "The body is not valid JSON" },
        { "phone=33612200001&password=12345", "The body is not valid JSON" },
        { "[]", "The body is not a JSON object" },
        { "\"text\"", "The body is not a JSON object" },
        { "null", "The body is not a JSON object" },
        { "{\"phone\":\"1\",\"phone\":\"2\"}", "The body holds the same field twice" },
        { "{\"phone\":\"\\ud800\"}", "The body is not valid UTF-8 text" },
        { "{\"phone\":", "The body is not valid JSON" },
        { "DEEP", "The body is not valid JSON" },
        { "HUGE", "The body is larger than 64 KB" },
        { "LATIN", "The body is not valid UTF-8 text" },
        { "RANDOM", "" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Are_refused_by_every_call_and_change_nothing(string body, string sentence)
    {
        var bytes = body switch
        {
            "DEEP" => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000)),
            "HUGE" => Encoding.UTF8.GetBytes($$"""{"phone":"{{new string('1', 1 << 20)}}"}"""),
            "LATIN" => Encoding.Latin1.GetBytes("""{"phone":"é"}"""),
            "RANDOM" => RandomBytes(),
            _ => Encoding.UTF8.GetBytes(body),
        };
        var before = await _host.CountAsync();

        foreach (var (method, path) in Who_may_call.Calls.Select(c => c.Data))
        {
            var answer = await _host.Client.SendAsync(new HttpMethod(method), path, bytes, "application/json");
            if (sentence.Length > 0)
            {
                answer.ShouldBeRefused(400, sentence);
            }

            ((int)answer.Status).ShouldBe(400, $"{method} {path}: {answer.Text}");
            answer.Json.GetProperty("status").GetBoolean().ShouldBeFalse();
            answer.Json.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        }

        (await _host.Client.SendAsync(HttpMethod.Post, "/telegram/webhook", bytes, "application/json", ("X-Telegram-Bot-Api-Secret-Token", PerfumerlabsHost.Token))).ShouldBeDone();
        (await _host.CountAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task In_the_query_are_refused_too()
    {
        foreach (var (method, path) in Who_may_call.Calls.Select(c => c.Data))
        {
            foreach (var query in new[] { "?phone=%00&email=%ff&chat_id=%ed%a0%80&password=%ff%fe&channel=%00&target=%00", "?&&==&phone", "?phone[]=1&phone[a]=2&password=", "?%" })
            {
                var answer = await _host.Client.SendAsync(new HttpMethod(method), path + query, (byte[]?)null, contentType: null);
                ((int)answer.Status).ShouldBeOneOf(path.StartsWith("/limit", StringComparison.Ordinal) ? [200] : new[] { 400 });
                answer.Json.TryGetProperty("status", out _).ShouldBeTrue();
            }
        }
    }

    private static byte[] RandomBytes()
    {
        var bytes = new byte[4096];
        new Random(4711).NextBytes(bytes);
        return bytes;
    }
}
