using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.CompatibleApis;

[Collection(nameof(SharedPipeline))]
public sealed class Perfumerlabs_conformance(SharedPipeline shared)
{
    private const int Submissions = 200;
    private const string Done = """{"status":true}""";
    private const string Wrong = """{"status":false}""";

    [Theory]
    [InlineData("sms", "phone")]
    [InlineData("call", "phone")]
    [InlineData("email", "email")]
    [InlineData("telegram", "chat_id")]
    public async Task What_is_sent_arrives_and_is_right_once(string channel, string field)
    {
        var pipeline = await shared.GetAsync();
        using var caller = new PerfumerlabsCaller(pipeline);
        var (recipient, target) = Someone(field);

        (await caller.PostAsync(channel, $$"""{"{{field}}":"{{target}}","password":"Own-12345","lifetime":300,"message":"Hello 😀, Own-12345","subject":"Hello","html":"<p>Hello 😀, Own-12345</p>"}""")).ShouldBe(new(200, Done));

        var message = await pipeline.Sandbox.MessageAsync(recipient);
        (message.Channel, message.Text, message.Pin).ShouldBe((channel, "Hello 😀, Own-12345", "Own-12345"));
        (await caller.GetAsync("password", $$"""{"target":"{{target}}"}"""))
            .ShouldBe(new(200, """{"status":true,"content":{"password":"Own-12345"}}"""));
        (await CheckAsync("wrong-one")).ShouldBe(new(200, Wrong));
        (await CheckAsync("own-12345")).ShouldBe(new(200, Wrong));
        (await CheckAsync("Own-12345")).ShouldBe(new(200, Done));
        (await CheckAsync("Own-12345")).ShouldBe(new(200, Wrong));
        (await caller.GetAsync("password", $$"""{"target":"{{target}}"}""")).ShouldBe(new(200, Wrong));
        await pipeline.UntilStatusAsync(await caller.NewestAsync(), "VERIFIED");

        Task<HostAnswer> CheckAsync(string password) =>
            caller.GetAsync($"{channel}/check", $$"""{"{{field}}":"{{target}}","password":"{{password}}"}""");
    }

    [Fact]
    public async Task A_call_without_a_message_is_spoken_digit_by_digit()
    {
        var pipeline = await shared.GetAsync();
        using var caller = new PerfumerlabsCaller(pipeline);
        var (recipient, target) = Someone("phone");

        (await caller.PostAsync("call", $$"""{"phone":"{{target}}","password":"1207","lifetime":300}""")).ShouldBe(new(200, Done));

        (await pipeline.Sandbox.MessageAsync(recipient)).Text.ShouldBe("1, 2, 0, 7");
    }

    [Fact]
    public async Task Of_two_hundred_checks_at_the_same_moment_one_is_right()
    {
        var pipeline = await shared.GetAsync();
        using var caller = new PerfumerlabsCaller(pipeline);
        var rounds = Load.Scale(3, 30);
        for (var round = 0; round < rounds; round++)
        {
            var (recipient, target) = Someone("phone");
            (await caller.PostAsync("sms", $$"""{"phone":"{{target}}","password":"12345","lifetime":300,"message":"12345"}"""))
                .ShouldBe(new(200, Done));
            var otp = await caller.NewestAsync();
            await pipeline.Sandbox.MessageAsync(recipient);

            var answers = await Load.AtOnceAsync(
                Submissions, _ => caller.GetAsync("sms/check", $$"""{"phone":"{{target}}","password":"12345"}"""));

            answers.Count(a => a == new HostAnswer(200, Done)).ShouldBe(1);
            answers.Count(a => a == new HostAnswer(200, Wrong)).ShouldBe(Submissions - 1);
            var row = await pipeline.Database.OtpAsync(otp);
            (row.Status, row.Attempts).ShouldBe(("VERIFIED", 0));
        }

        Figures.Print(
            $"{rounds} codes of Perfumerlabs, each with {Submissions} parallel right checks over two API processes",
            $"{rounds} VERIFIED, {rounds * (Submissions - 1)} x false");
    }

    /// <summary>By the recipient and by the password alone: two ways to the same code.</summary>
    [Fact]
    public async Task Of_two_hundred_checks_and_searches_at_the_same_moment_one_is_right()
    {
        var pipeline = await shared.GetAsync();
        using var caller = new PerfumerlabsCaller(pipeline);
        var (_, target) = Someone("phone");
        var password = $"Own-{Guid.CreateVersion7():N}";
        (await caller.PostAsync("call", $$"""{"phone":"{{target}}","password":"{{password}}","lifetime":300,"message":"{{password}}"}"""))
            .ShouldBe(new(200, Done));
        var otp = await caller.NewestAsync();

        // Few searches: their misses in a minute are limited.
        var answers = await Load.AtOnceAsync(Submissions, i => i % 20 == 0
            ? caller.GetAsync("target", $$"""{"password":"{{password}}","channel":"call"}""")
            : caller.GetAsync("call/check", $$"""{"phone":"{{target}}","password":"{{password}}"}"""));

        answers.Count(a => a.Text.StartsWith("""{"status":true""", StringComparison.Ordinal)).ShouldBe(1);
        answers.Count(a => a.Text.StartsWith("""{"status":false""", StringComparison.Ordinal)).ShouldBe(Submissions - 1);
        var row = await pipeline.Database.OtpAsync(otp);
        (row.Status, row.Attempts).ShouldBe(("VERIFIED", 0));
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("exhausted")]
    [InlineData("cancelled")]
    [InlineData("undeliverable")]
    public async Task What_is_over_is_wrong(string how)
    {
        var pipeline = await shared.GetAsync();
        using var caller = new PerfumerlabsCaller(pipeline);
        var recipient = how is "undeliverable" ? Recipients.Refused : Recipients.Next();
        (await caller.PostAsync("sms", $$"""{"phone":"{{recipient[1..]}}","password":"12345","lifetime":3600,"message":"12345"}"""))
            .ShouldBe(new(200, Done));
        var otp = await caller.NewestAsync();

        switch (how)
        {
            case "expired":
                await pipeline.Database.ExpireInAsync(TimeSpan.Zero, otp);
                break;
            case "exhausted":
                for (var i = 0; i < 5; i++)
                {
                    (await CheckAsync("54321")).ShouldBe(new(200, Wrong));
                }

                break;
            case "cancelled":
                (await pipeline.Client.CancelAsync(otp)).Status.ShouldBe(200);
                break;
            default:
                await pipeline.UntilStatusAsync(otp, "FAILED");
                break;
        }

        (await CheckAsync("12345")).ShouldBe(new(200, Wrong));
        await pipeline.UntilStatusAsync(otp, how switch { "expired" => "EXPIRED", "cancelled" => "CANCELLED", _ => "FAILED" });
        (await pipeline.Database.CountAsync("otp_pins WHERE otp_id = $1", otp)).ShouldBe(0);

        Task<HostAnswer> CheckAsync(string password) =>
            caller.GetAsync("sms/check", $$"""{"phone":"{{recipient[1..]}}","password":"{{password}}"}""");
    }

    [Fact]
    public async Task A_user_who_writes_to_the_bot_is_found_by_the_code_once()
    {
        var pipeline = await shared.GetAsync();
        using var caller = new PerfumerlabsCaller(pipeline);
        var chat = Recipients.NextChat();
        var update = Random.Shared.NextInt64(1, 1L << 40);

        // Both processes get it.
        (await caller.WebhookAsync(update, chat, "/start")).ShouldBe(new(200, Done));
        (await caller.WebhookAsync(update, chat, "/start")).ShouldBe(new(200, Done));

        var message = await pipeline.Sandbox.MessageAsync(chat);
        (message.Channel, message.Pin.Length).ShouldBe(("telegram", 6));
        message.Text.ShouldContain(message.Pin);
        (await caller.GetAsync("target", $$"""{"password":"{{message.Pin}}","channel":"telegram"}"""))
            .ShouldBe(new(200, $$$"""{"status":true,"content":{"target":"{{{chat}}}"}}"""));
        (await caller.GetAsync("target", $$"""{"password":"{{message.Pin}}","channel":"telegram"}""")).ShouldBe(new(200, Wrong));
        (await pipeline.Sandbox.MessagesAsync(chat)).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_limit_that_one_process_takes_holds_in_the_other_within_seconds()
    {
        var pipeline = await shared.GetAsync();
        using var caller = new PerfumerlabsCaller(pipeline);
        try
        {
            (await caller.PostAsync("limit/call", """{"ips":[{"minutes":10,"rate":1}]}""")).ShouldBe(new(200, Done));

            await Eventually.Until(
                async () =>
                {
                    // An address of its own each time: the first send is let through, the second one where the limit is known.
                    var ip = $"10.{Random.Shared.Next(256)}.{Random.Shared.Next(256)}.{Random.Shared.Next(256)}";
                    var answers = new[] { await CallAsync(ip), await CallAsync(ip), await CallAsync(ip) };
                    answers[0].ShouldBe(new(200, Done));
                    return answers[1..].All(
                        a => a == new HostAnswer(
                            400, """{"status":false,"status_code":"ip_limit","message":"IP limit has been reached"}"""));
                },
                "both processes know the limit");
        }
        finally
        {
            (await caller.PostAsync("limit/call", """{"ips":[]}""")).ShouldBe(new(200, Done));
        }

        Task<HostAnswer> CallAsync(string ip) =>
            caller.PostAsync("call", $$"""{"phone":"{{Recipients.Next()[1..]}}","password":"12345","lifetime":300,"ip":"{{ip}}"}""");
    }

    [Fact]
    public async Task What_lacks_a_field_a_recipient_or_the_password_is_refused()
    {
        var pipeline = await shared.GetAsync();
        using var caller = new PerfumerlabsCaller(pipeline);
        using var stranger = new PerfumerlabsCaller(pipeline, "wrong");

        (await caller.PostAsync("sms", """{"phone":"33612200001","message":"x","lifetime":300}"""))
            .ShouldBe(new(400, """{"status":false,"message":"\"password\" parameter must be set"}"""));
        (await caller.GetAsync("sms/check", $$"""{"phone":"{{Recipients.Next()[1..]}}","password":"12345"}""")).ShouldBe(new(200, Wrong));
        (await caller.GetAsync("sms/nothing", "{}")).ShouldBe(new(404, """{"status":false,"message":"Not found"}"""));
        (await stranger.PostAsync("sms", "{}"))
            .ShouldBe(new(401, """{"status":false,"message":"The user name or the password is missing or not valid"}"""));
    }

    private static (string Recipient, string Target) Someone(string field)
    {
        var recipient = field switch { "phone" => Recipients.Next(), "email" => Recipients.NextEmail(), _ => Recipients.NextChat() };
        return (recipient, recipient.TrimStart('+'));
    }
}
