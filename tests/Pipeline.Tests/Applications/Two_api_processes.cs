using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Applications;

public sealed class Two_api_processes(TwoApis apis) : IClassFixture<TwoApis>
{
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(8);

    [Theory]
    [InlineData(TwoApis.EvenKey, 2)]
    [InlineData(TwoApis.SkewedKey, 10)]
    public async Task Share_the_request_limit_of_a_key(string key, int oneOf)
    {
        var pipeline = await apis.GetAsync();

        // All of them within one minute of the database's clock, which is the one that counts.
        var lastSecond = Load.IsLong ? 35 : 50;
        await Eventually.Until(
            async () => (await pipeline.Database.ClockAsync()).Second < lastSecond, "a minute is young", TimeSpan.FromSeconds(70));

        var statuses = await Load.RunAsync(2 * TwoApis.Limit, 64, async i =>
        {
            using var answer = await SendAsync(i % oneOf == 0 ? 1 : 0, HttpMethod.Get, "applications", new("X-API-KEY", key));
            return ((int)answer.StatusCode, Remaining: int.Parse(answer.Headers.GetValues("X-Rate-Limit-Remaining").Single()));
        });

        var admitted = statuses.Count(s => s.Item1 == 200);
        Figures.Print(
            $"{2 * TwoApis.Limit} requests of a key with {TwoApis.Limit} a minute over two API processes, one of {oneOf} to the second",
            $"{admitted} admitted");
        admitted.ShouldBeInRange(TwoApis.Limit * 9 / 10, TwoApis.Limit);
        statuses.Count(s => s.Item1 == 429).ShouldBe((2 * TwoApis.Limit) - admitted);
        statuses.ShouldAllBe(s => s.Remaining >= 0 && s.Remaining < TwoApis.Limit);
        (await pipeline.Database.CountAsync($"request_permits WHERE leased > {TwoApis.Limit}")).ShouldBe(0);
    }

    [Fact]
    public async Task Learn_within_seconds_what_the_other_changed()
    {
        var made = JsonElement.Parse(
            await TextAsync(
                await SendAsync(
                    0, HttpMethod.Post, "admin/applications", new("X-API-KEY", TwoApis.AdminKey),
                    JsonContent.Create(new { name = "shared" }))));
        var id = made.GetProperty("application").GetProperty("id").GetString()!;
        var key = KeyValuePair.Create("X-API-KEY", made.GetProperty("apiKey").GetString()!);
        await UntilAsync(1, key, 200);

        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{made.GetProperty("applicationSecret").GetString()}"));
        var form = new FormUrlEncodedContent([new("grant_type", "client_credentials")]);
        await UntilAsync(0, key, 200);
        var answer = await TextAsync(await SendAsync(0, HttpMethod.Post, "oauth/token", new("Authorization", $"Basic {basic}"), form));
        var token = KeyValuePair.Create("Authorization", $"Bearer {JsonElement.Parse(answer).GetProperty("access_token").GetString()}");
        await UntilAsync(1, token, 200);

        (await SendAsync(1, HttpMethod.Delete, $"admin/applications/{id}", new("X-API-KEY", TwoApis.AdminKey))).StatusCode
            .ShouldBe(System.Net.HttpStatusCode.NoContent);

        await Task.WhenAll(UntilAsync(0, key, 401), UntilAsync(1, key, 401), UntilAsync(0, token, 401), UntilAsync(1, token, 401));
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return text;
    }

    private Task UntilAsync(int api, KeyValuePair<string, string> credentials, int status) => Eventually.Until(
        async () =>
        {
            using var answer = await SendAsync(api, HttpMethod.Get, "applications", credentials);
            return (int)answer.StatusCode == status;
        },
        $"process {api} answers {status}",
        Seconds);

    private async Task<HttpResponseMessage> SendAsync(
        int api, HttpMethod method, string path, KeyValuePair<string, string> header, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, new Uri((await apis.GetAsync()).Apis[api].Address, path)) { Content = content };
        request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        return await apis.Http.SendAsync(request);
    }
}

/// <summary>Two Api processes without workers, and two keys with the same limit.</summary>
public sealed class TwoApis : LazyPipeline
{
    internal const string AdminKey = "admin-key-of-the-tests";
    internal const string EvenKey = "key-of-an-even-load-000000";
    internal const string SkewedKey = "key-of-a-skewed-load-00000";

    internal static readonly int Limit = Load.Scale(1000, 5000);

    internal HttpClient Http { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256 });

    private protected override Setup Setup
    {
        get
        {
            var settings = new Dictionary<string, string>(
                StringComparer.Ordinal) { ["Admin:Key"] = AdminKey, ["Api:AnonymousRequestsPerMinute"] = "1000000" };
            foreach (var (n, key) in new[] { (1, EvenKey), (2, SkewedKey) })
            {
                settings[$"Applications:{n}:Id"] = Guid.NewGuid().ToString();
                settings[$"Applications:{n}:Name"] = key;
                settings[$"Applications:{n}:Keys:0:Key"] = key;
                settings[$"Applications:{n}:Settings:Limits:RequestsPerMinute"] = $"{Limit}";
            }

            return new() { Apis = 2, Workers = 0, Settings = settings };
        }
    }
}
