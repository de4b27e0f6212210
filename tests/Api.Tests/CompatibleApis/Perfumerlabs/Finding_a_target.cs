using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

/// <summary>With an application and a process of its own: misses are counted for all of it.</summary>
[Collection(PerfumerlabsCollection.Name)]
public sealed class Finding_a_target : IAsyncLifetime
{
    private readonly PerfumerlabsHost _host;
    private readonly Tenant _tenant = Tenant.New();
    private Started? _started;

    public Finding_a_target(PerfumerlabsHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    private PerfumerlabsClient Client => _started!.Client;

    public async ValueTask InitializeAsync()
    {
        await _host.AddAsync(_tenant, new() { Limits = new() { SendsPerHour = 1000, SendsPerDay = 1000 } });
        _started = new(_host.Start(PerfumerlabsHost.SettingsOf(_tenant)));
    }

    public ValueTask DisposeAsync() => _started?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData("sms", "phone")]
    [InlineData("call", "phone")]
    [InlineData("email", "email")]
    [InlineData("telegram", "chat_id")]
    public async Task Names_the_recipient_and_consumes_the_password(string channel, string field)
    {
        var target = field switch { "phone" => Someone.Phone(), "email" => Someone.Email(), _ => $"{Someone.Chat()}" };
        await Client.PostAsync(
            $"/{channel}", $$"""{"{{field}}":"{{target}}","password":"Zebra-77","lifetime":300,"message":"x","subject":"s","text":"x"}""");

        foreach (var other in new[] { "sms", "call", "email", "telegram" }.Where(c => c != channel))
        {
            (await TargetAsync("Zebra-77", other)).ShouldBeWrong();
        }

        (await TargetAsync("zebra-77", channel)).ShouldBeWrong();
        (await TargetAsync("Zebra-77", channel)).ShouldBe(200, $$$"""{"status":true,"content":{"target":"{{{target}}}"}}""");
        (await TargetAsync("Zebra-77", channel)).ShouldBeWrong();
        (await Client.GetAsync($"/{channel}/check", $$"""{"{{field}}":"{{target}}","password":"Zebra-77"}""")).ShouldBeWrong();
    }

    [Fact]
    public async Task Names_nobody_where_two_have_the_same_password_and_one_who_has_it_twice()
    {
        var (first, second, twice) = (Someone.Phone(), Someone.Phone(), Someone.Phone());
        await Client.SmsAsync(first, "shared-1");
        await Client.SmsAsync(second, "shared-1");
        await Client.SmsAsync(twice, "double-1");
        await Client.SmsAsync(twice, "double-1");

        (await TargetAsync("shared-1", "sms")).ShouldBeWrong();
        (await _host.LastAsync(first)).Attempts.ShouldBe(0);
        (await TargetAsync("double-1", "sms")).ShouldBe(200, $$$"""{"status":true,"content":{"target":"{{{twice}}}"}}""");
        (await TargetAsync("double-1", "sms")).ShouldBeWrong();
        (await Client.CheckAsync(first, "shared-1")).ShouldBeDone();
        (await TargetAsync("shared-1", "SMS")).ShouldBe(200, $$$"""{"status":true,"content":{"target":"{{{second}}}"}}""");
    }

    [Fact]
    public async Task Refuses_what_lacks_a_field_or_names_no_channel()
    {
        (await Client.GetAsync("/target", "{}")).ShouldBeRefused(400, "\"password\" parameter must be set");
        (await Client.GetAsync("/target", """{"password":"12345"}""")).ShouldBeRefused(400, "\"channel\" parameter must be set");
        (await Client.GetAsync("/target?password=12345&channel=")).ShouldBeRefused(400, "\"channel\" parameter must be set");
        foreach (var channel in new[] { "\"ussd\"", "\"\\u0000\"", "7", "[1]" })
        {
            (await Client.GetAsync("/target", $$"""{"password":"12345","channel":{{channel}}}"""))
                .ShouldBeRefused(400, "\"channel\" must be one of: sms, call, email, telegram");
        }

        (await Client.GetAsync("/target", """{"password":{"a":1},"channel":"sms"}""")).ShouldBeRefused(400, "\"password\" must be a text");
    }

    [Fact]
    public async Task Refuses_after_twenty_misses_a_minute_whoever_guesses_side_by_side_and_wherever()
    {
        var phone = Someone.Phone();
        await using var other = new Started(_host.Start(PerfumerlabsHost.SettingsOf(_tenant)));
        await Client.SmsAsync(phone, "rightone");
        for (var i = 0; i < 5; i++)
        {
            // What is found costs nothing.
            await Client.SmsAsync(Someone.Phone(), $"another{i}");
            (await TargetAsync($"another{i}", "sms")).Text.ShouldContain("true");
        }

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => TargetAsync($"guess{i:0000}", "sms", i % 2 == 0 ? Client : other.Client)));

        answers.Count(a => a.Text == """{"status":false}""").ShouldBe(20);
        var refused = answers.Where(a => (int)a.Status == 429).ToArray();
        refused.Length.ShouldBe(80);
        refused[0].ShouldBeRefused(429, "Too many wrong passwords in this minute");
        int.Parse(refused[0]["Retry-After"]!).ShouldBe(60);
        (await TargetAsync("rightone", "sms")).ShouldBeRefused(429, "Too many wrong passwords in this minute");
        (await Client.CheckAsync(phone, "rightone")).ShouldBeDone();
    }

    [Fact]
    public async Task Names_it_once_for_two_hundred_at_once()
    {
        var phone = Someone.Phone();
        await Client.SmsAsync(phone, "rush-hour");

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => TargetAsync("rush-hour", "sms")));

        answers.Count(a => a.Text == $$$"""{"status":true,"content":{"target":"{{{phone}}}"}}""").ShouldBe(1);
        answers.ShouldAllBe(
            a => a.Text.Contains(phone, StringComparison.Ordinal) || a.Text.StartsWith("""{"status":false""", StringComparison.Ordinal));
        (await _host.LastAsync(phone)).Status.ShouldBe(OtpStatus.Verified);
    }

    private Task<Answer> TargetAsync(string password, string channel, PerfumerlabsClient? client = null) =>
        (client ?? Client).GetAsync("/target", $$"""{"password":"{{password}}","channel":"{{channel}}"}""");
}
