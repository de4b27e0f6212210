using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Commands;

[Collection(nameof(SharedPipeline))]
public sealed class Sending_again_over_the_bus(SharedPipeline shared)
{
    [Fact]
    public async Task An_otp_is_sent_again_once_for_the_same_message_and_with_a_new_PIN_where_that_is_asked_for()
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var (otp, recipient) = await pipeline.WithRequestedOtpAsync();
        var pin = await pipeline.Sandbox.PinAsync(recipient);
        await pipeline.UntilDeliveryAsync(otp, "SENT");
        var command = client.Command(("otpId", otp), ("resendPolicy", "new"), ("channel", "sms"));

        var answers = await Load.AtOnceAsync(8, _ => client.CallAsync("resend-otp", command, "resend-1"));

        answers.ShouldAllBe(a => a.Type == "OtpResent" && a.OtpId == otp);
        answers.Select(a => a.Body.GetProperty("resendsLeft").GetInt32()).Distinct().ShouldBe([9]);
        await pipeline.UntilDeliveryAsync(otp, "SENT", attempt: 2);
        (await pipeline.Database.DeliveriesAsync(otp)).Count.ShouldBe(2);
        (await client.CallAsync("verify-otp", client.Command(("otpId", otp), ("pin", pin)))).Code.ShouldBe(2029);
        var newest = (await pipeline.Sandbox.MessagesAsync(recipient))[0].Pin;
        (await client.CallAsync("verify-otp", client.Command(("otpId", otp), ("pin", newest)))).Type.ShouldBe("OtpVerified");
        (await client.CallAsync("resend-otp", command)).Code.ShouldBe(2023);
    }

    [Fact]
    public async Task Resend_and_next_step_are_answered_with_the_callers_externalId_and_what_was_ignored()
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var otp = await pipeline.RequestAsync(
            new { phoneNumber = Recipients.Next(), channels = new[] { "sms", "call" }, externalId = "customer 7" });
        await pipeline.UntilDeliveryAsync(otp, "SENT");

        var resent = await client.CallAsync("resend-otp", client.Command(("otpId", otp), ("policy", "new")));
        var started = await client.CallAsync("next-otp", client.Command(("otpId", otp), ("channel", "call")));

        (resent.Type, started.Type).ShouldBe(("OtpResent", "OtpStepStarted"));
        resent.Body.GetProperty("externalId").GetString().ShouldBe("customer 7");
        started.Body.GetProperty("externalId").GetString().ShouldBe("customer 7");
        resent.Body.GetProperty("warnings").GetRawText().ShouldBe("[\"The field 'policy' is unknown and was ignored\"]");
        started.Body.GetProperty("warnings").GetRawText().ShouldBe("[\"The field 'channel' is unknown and was ignored\"]");
    }

    [Theory]
    [InlineData("otpId", null, 2021)]
    [InlineData("resendPolicy", "often", 2134)]
    [InlineData("channel", "pigeon", 2102)]
    [InlineData("channel", "call", 2134)]
    public async Task A_command_that_is_wrong_is_answered_with_its_code(string field, string? value, int code)
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var (otp, _) = await pipeline.WithRequestedOtpAsync();
        var command = client.Command(("otpId", otp));
        command[field] = value;

        (await client.CallAsync("resend-otp", command)).Code.ShouldBe(code);
        (await client.CallAsync("resend-otp", client.Command(("otpId", otp)), adjust: p => p.MessageId = null)).Code.ShouldBe(2101);
        (await pipeline.Database.DeliveriesAsync(otp)).Count.ShouldBe(1);
    }
}
