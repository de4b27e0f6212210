using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Commands;

[Collection(nameof(SharedPipeline))]
public sealed class Commands_from_a_plain_client(SharedPipeline shared)
{
    [Fact]
    public async Task An_otp_is_requested_verified_and_announced()
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var recipient = Recipients.Next();

        var accepted = await client.CallAsync("request-otp", client.Command(
            ("phoneNumber", recipient), ("ttl", "180"), ("maxAttempts", 3.0), ("metadata", new { order = 4711 }),
            ("externalId", "customer 7"),
            ("whatever", new[] { 1 })));
        accepted.Type.ShouldBe("OtpAccepted", accepted.Text);
        accepted.Body.GetProperty("channel").GetString().ShouldBe("sms");
        accepted.Body.GetProperty("metadata").GetProperty("order").GetString().ShouldBe("4711");
        accepted.Body.GetProperty("externalId").GetString().ShouldBe("customer 7");
        accepted.Body.GetProperty("warnings").GetRawText().ShouldBe("[\"The field 'whatever' is unknown and was ignored\"]");
        var pin = await pipeline.Sandbox.PinAsync(recipient);
        (await pipeline.Client.GetAsync(accepted.OtpId)).Body.GetProperty("ttl").GetInt32().ShouldBe(180);

        var wrong = await client.CallAsync("verify-otp", client.Command(("otpId", accepted.OtpId), ("pin", "no")));
        wrong.Body.GetProperty("attemptsRemaining").GetInt32().ShouldBe(2);
        (wrong.Code, wrong.Body.GetProperty("message").GetString(), wrong.OtpId).ShouldBe((2029, "The PIN provided does not " +
            "verify", accepted.OtpId));
        var verified = await client.CallAsync("verify-otp", client.Command(("otpId", accepted.OtpId), ("pin", long.Parse(pin))));
        verified.Type.ShouldBe("OtpVerified", verified.Text);
        verified.Body.GetProperty("externalId").GetString().ShouldBe("customer 7");

        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [accepted.OtpId]);
        pipeline.Events.ForOtp(accepted.OtpId).ShouldContain(e => e.Status == "VERIFIED");
        pipeline.Events.ForOtp(accepted.OtpId).ShouldAllBe(e => e.Body.GetProperty("externalId").GetString() == "customer 7");
    }

    [Fact]
    public async Task An_otp_is_cancelled_once_and_the_same_message_gets_the_same_answer_again()
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var (otp, _) = await pipeline.WithRequestedOtpAsync();
        var command = client.Command(("otpId", otp));

        (await client.CallAsync("cancel-otp", command, "cancel-1")).Type.ShouldBe("OtpCancelled");
        (await client.CallAsync("cancel-otp", command, "cancel-1")).Type.ShouldBe("OtpCancelled");
        (await client.CallAsync("cancel-otp", command, "cancel-2")).Code.ShouldBe(2030);
        (await pipeline.Client.GetAsync(otp)).OtpStatus.ShouldBe("CANCELLED");
    }

    [Fact]
    public async Task A_pin_is_right_however_a_person_typed_it()
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var (otp, recipient) = await pipeline.WithRequestedOtpAsync();
        var pin = await pipeline.Sandbox.PinAsync(recipient);

        var verified = await client.CallAsync(
            "verify-otp", client.Command(("otpId", otp), ("pin", $"\u200E{pin[..3]}\u00A0\u2013 {pin[3..]}")));

        verified.Type.ShouldBe("OtpVerified", verified.Text);
        (await pipeline.Database.OtpAsync(otp)).Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task A_body_is_enough()
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var recipient = Recipients.Next();

        await client.SendAsync(
            "request-otp",
            System.Text.Json.JsonSerializer.Serialize(client.Command(("phoneNumber", recipient), ("idempotencyKey", Guid.NewGuid()))));

        (await pipeline.Sandbox.PinAsync(recipient)).Length.ShouldBe(6);
    }

    [Theory]
    [InlineData("request-otp")]
    [InlineData("OtpPipeline.Contracts:RequestOtp")]
    public async Task An_exchange_leads_to_the_queue_too(string exchange)
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var recipient = Recipients.Next();
        var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            client.Command(("phoneNumber", recipient), ("idempotencyKey", Guid.NewGuid())));

        await client.SendAsync("", body, exchange: exchange);

        (await pipeline.Sandbox.PinAsync(recipient)).Length.ShouldBe(6);
    }

    [Fact]
    public async Task A_guess_that_comes_again_is_counted_once_and_answered_alike()
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var (otp, recipient) = await pipeline.WithRequestedOtpAsync(maxAttempts: 2);
        var pin = await pipeline.Sandbox.PinAsync(recipient);
        var wrong = client.Command(("otpId", otp), ("pin", "WRONG"));

        var answers = await Load.AtOnceAsync(8, _ => client.CallAsync("verify-otp", wrong, "guess-1"));
        answers.ShouldAllBe(a => a.Code == 2029);
        (await pipeline.Database.OtpAsync(otp)).Attempts.ShouldBe(1);

        var right = await Load.AtOnceAsync(8, _ => client.CallAsync("verify-otp", client.Command(("otpId", otp), ("pin", pin)), "guess-2"));
        right.ShouldAllBe(a => a.Type == "OtpVerified");
        (await client.CallAsync("verify-otp", wrong, "guess-1")).Code.ShouldBe(2029, "what was answered stays the answer");
    }

    [Fact]
    public async Task A_request_that_comes_again_gets_its_first_answer()
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var command = client.Command(("phoneNumber", Recipients.Next()));
        var key = $"any text at all: ž, {Guid.NewGuid()}";

        var first = await client.CallAsync("request-otp", command, key);
        var again = await client.CallAsync("request-otp", command, key);
        var other = await client.CallAsync("request-otp", client.Command(("phoneNumber", Recipients.Next())), key);

        again.Text.ShouldBe(first.Text);
        (other.Code, other.Body.GetProperty("type").GetString()).ShouldBe((2106, "duplicate_value"));
    }
}
