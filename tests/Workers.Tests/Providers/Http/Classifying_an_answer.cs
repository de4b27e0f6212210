using System.Globalization;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Http;

public sealed class Classifying_an_answer
{
    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    public async Task Without_rules_2xx_is_taken(int status) => (await AnswerAsync(status)).ShouldBe(new SendOutcome.Accepted(null));

    [Theory]
    [InlineData(408, "unavailable")]
    [InlineData(500, "unavailable")]
    [InlineData(503, "unavailable")]
    [InlineData(401, "authentication_failed")]
    [InlineData(403, "authentication_failed")]
    [InlineData(407, "authentication_failed")]
    [InlineData(402, "no_balance")]
    [InlineData(404, "not_found")]
    [InlineData(405, "not_found")]
    [InlineData(302, "redirected")]
    public async Task Without_rules_these_are_the_providers(int status, string reason) =>
        (await AnswerAsync(status, headers: ("Location", "/elsewhere"))).ShouldBe(new SendOutcome.ProviderFailed(reason));

    [Fact]
    public async Task Without_rules_429_asks_for_fewer_messages() =>
        (await AnswerAsync(429)).ShouldBe(new SendOutcome.Throttled("throttled"));

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task Without_rules_any_other_4xx_is_the_recipients(int status) =>
        (await AnswerAsync(status)).ShouldBe(new SendOutcome.Refused("refused"));

    [Fact]
    public async Task What_the_gateway_asks_to_wait_is_kept_in_seconds() =>
        (await AnswerAsync(429, headers: ("Retry-After", "7"))).ShouldBe(new SendOutcome.Throttled("throttled", TimeSpan.FromSeconds(7)));

    [Fact]
    public async Task What_the_gateway_asks_to_wait_is_kept_as_a_date()
    {
        var date = TimeProvider.System.GetUtcNow().AddMinutes(2).ToString("r", CultureInfo.InvariantCulture);

        var outcome = (await AnswerAsync(503, headers: ("Retry-After", date))).ShouldBeOfType<SendOutcome.ProviderFailed>();

        outcome.RetryAfter!.Value.TotalSeconds.ShouldBeInRange(60, 121);
    }

    [Fact]
    public async Task A_success_that_the_body_must_confirm_is_none_without_it()
    {
        var keys = new Dictionary<string, string?> { ["Success:JsonPath"] = "$.messages[0].status", ["Success:JsonEquals"] = "0" };

        (await AnswerAsync(200, """{"messages":[{"status":0}]}""", keys)).ShouldBe(new SendOutcome.Accepted(null));
        (await AnswerAsync(200, """{"messages":[{"status":"7"}]}""", keys)).ShouldBe(new SendOutcome.ProviderFailed("not_accepted"));
        (await AnswerAsync(200, "{}", keys)).ShouldBe(new SendOutcome.ProviderFailed("not_accepted"));
        (await AnswerAsync(200, "not JSON", keys)).ShouldBe(new SendOutcome.Unknown("answer_unreadable"), "nobody can tell");
    }

    [Fact]
    public async Task A_status_of_failure_can_be_a_success()
    {
        var keys = new Dictionary<string, string?> { ["Success:Status"] = "200, 500", ["Success:BodyMatches"] = "^Sent message" };

        (await AnswerAsync(500, "Sent message to 1", keys)).ShouldBe(new SendOutcome.Accepted(null));
        (await AnswerAsync(500, "Chat not found", keys)).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));
    }

    [Theory]
    [InlineData("$.data[0].id", null, null, "m-1")]
    [InlineData(null, "\"ref\":\"([^\"]+)\"", null, "r-2")]
    [InlineData(null, null, "X-Message", "h-3")]
    [InlineData("$.none", null, null, null)]
    public async Task The_message_id_is_found(string? path, string? regex, string? header, string? id)
    {
        var keys =
            new Dictionary<string, string?> { ["MessageId:JsonPath"] = path, ["MessageId:Regex"] = regex, ["MessageId:Header"] = header };

        (await AnswerAsync(200, """{"data":[{"id":"m-1","ref":"r-2"}]}""", keys.Where(k => k.Value is not null).ToDictionary(), ("X-Message", "h-3")))
            .ShouldBe(new SendOutcome.Accepted(id));
    }

    [Fact]
    public async Task A_message_id_that_cannot_be_stored_is_left_out()
    {
        var keys = new Dictionary<string, string?> { ["MessageId:JsonPath"] = "id" };

        (await AnswerAsync(200, $$"""{"id":"{{new string('x', 256)}}"}""", keys)).ShouldBe(new SendOutcome.Accepted(null));
        (await AnswerAsync(200, """{"id":"a\u0000b"}""", keys)).ShouldBe(new SendOutcome.Accepted(null));
    }

    [Fact]
    public async Task Refusals_are_asked_in_their_order_and_before_the_success()
    {
        var keys = new Dictionary<string, string?>
        {
            ["Refusals:0:JsonPath"] = "error.code",
            ["Refusals:0:JsonEquals"] = "21211",
            ["Refusals:0:As"] = "recipient",
            ["Refusals:0:Reason"] = "invalid_recipient",
            ["Refusals:1:BodyMatches"] = "(?i)too many",
            ["Refusals:1:As"] = "throttled",
            ["Refusals:2:Status"] = "400-499",
            ["Refusals:2:As"] = "provider",
            ["Refusals:3:Status"] = "504",
            ["Refusals:3:As"] = "unknown",
        };

        (await AnswerAsync(200, """{"error":{"code":21211,"text":"too many"}}""", keys))
            .ShouldBe(new SendOutcome.Refused("invalid_recipient"));
        (await AnswerAsync(200, "Too many requests", keys, ("Retry-After", "3")))
            .ShouldBe(new SendOutcome.Throttled("throttled", TimeSpan.FromSeconds(3)));
        (await AnswerAsync(404, "", keys)).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));
        (await AnswerAsync(504, "", keys)).ShouldBe(new SendOutcome.Unknown("answer_unclear"));
        (await AnswerAsync(200, "{}", keys)).ShouldBe(new SendOutcome.Accepted(null));
    }

    [Fact]
    public async Task Of_an_endless_body_the_begin_is_read()
    {
        await using var gateway = await HttpReceiver.StartAsync();
        gateway.Answer = async context =>
        {
            var chunk = "OK 1701 "u8.ToArray().Concat(new byte[8192]).ToArray();
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        };
        await using var host = new ProviderHost(
            new Dictionary<string, string?> { ["Type"] = "http", ["Url"] = gateway.Url, ["MessageId:Regex"] = "OK ([0-9]+)" });

        (await host.SendAsync(Messages.To("+33612246400"))).ShouldBe(new SendOutcome.Accepted("1701"));
    }

    private static async Task<SendOutcome> AnswerAsync(
        int status, string body = "", Dictionary<string, string?>? keys = null, params (string Name, string Value)[] headers)
    {
        await using var gateway = await HttpReceiver.StartAsync();
        gateway.Says(status, body, headers);
        await using var host = new ProviderHost((keys ?? []).With(("Type", "http"), ("Url", gateway.Url)));
        var outcome = await host.SendAsync(Messages.To("+33612246400"));
        gateway.All.Count.ShouldBe(1);
        return outcome;
    }
}
