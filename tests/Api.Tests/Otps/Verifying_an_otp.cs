using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class Verifying_an_otp
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public Verifying_an_otp(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    [Fact]
    public async Task The_right_pin_verifies_once()
    {
        var id = await _client.WithRequestedOtpAsync();
        var pin = await _host.PinOfAsync(id);

        var first = await _client.VerifyAsync(id, pin);
        var second = await _client.VerifyAsync(id, pin);

        first.Status.ShouldBe(HttpStatusCode.OK);
        first.Text.ShouldBe("""{"status":"VERIFIED"}""");
        second.ShouldBeRefused(400, "otp_verified", 2023, "The OTP was already verified");
        (await _client.ReadAsync(id)).Json.GetProperty("status").GetString().ShouldBe("VERIFIED");
    }

    [Fact]
    public async Task A_wrong_pin_counts_and_the_last_one_ends_it()
    {
        var id = await _client.WithRequestedOtpAsync(maxAttempts: 2);
        var wrong = await _host.WrongPinOfAsync(id);
        var pin = await _host.PinOfAsync(id);

        (await _client.VerifyAsync(id, wrong)).ShouldBeRefused(
            400, "invalid_pin", 2029, "The PIN provided does not verify", attemptsRemaining: 1);
        (await _client.ReadAsync(id)).Json.GetProperty("attempts").GetInt32().ShouldBe(1);
        (await _client.ReadAsync(id)).Json.GetProperty("attemptsRemaining").GetInt32().ShouldBe(1);
        (await _client.VerifyAsync(id, wrong)).ShouldBeRefused(400, "otp_failed", 2027, "Max attempts reached", attemptsRemaining: 0);
        (await _client.VerifyAsync(id, pin)).ShouldBeRefused(400, "otp_failed", 2026, "The OTP has failed, maximum attempts reached");

        var otp = (await _client.ReadAsync(id)).Json;
        otp.GetProperty("status").GetString().ShouldBe("FAILED");
        otp.GetProperty("reason").GetString().ShouldBe("max_attempts");
        otp.GetProperty("attempts").GetInt32().ShouldBe(2);
        otp.GetProperty("attemptsRemaining").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_repeated_guess_is_told_what_was_left_at_the_first()
    {
        var id = await _client.WithRequestedOtpAsync(maxAttempts: 4);
        var wrong = await _host.WrongPinOfAsync(id);
        var first = await _client.VerifyAsync(id, wrong, "guess-1");
        await _client.VerifyAsync(id, wrong, "guess-2");

        (await _client.VerifyAsync(id, wrong, "guess-1")).Text.ShouldBe(first.Text);
        first.ShouldBeRefused(400, "invalid_pin", 2029, "The PIN provided does not verify", attemptsRemaining: 3);
    }

    [Fact]
    public async Task One_that_could_not_be_delivered_says_so()
    {
        var id = await _client.WithRequestedOtpAsync();
        var pin = await _host.PinOfAsync(id);
        await _host.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"UPDATE otps SET status = 'FAILED', reason = 'undeliverable', final_at = clock_timestamp() WHERE id = {id}"));

        (await _client.VerifyAsync(id, pin)).ShouldBeRefused(
            400, "otp_failed", 2125, "The OTP has failed: no message could be delivered to the recipient");
    }

    [Fact]
    public async Task Past_its_time_it_is_expired_for_everybody_at_once()
    {
        var id = await _client.WithRequestedOtpAsync();
        var pin = await _host.PinOfAsync(id);
        await _host.LetExpireAsync(id);

        (await _client.ReadAsync(id)).Json.GetProperty("status").GetString().ShouldBe("EXPIRED");
        (await _client.ReadAsync(id)).Json.GetProperty("reason").GetString().ShouldBe("never_sent");
        (await _client.VerifyAsync(id, pin)).ShouldBeRefused(400, "otp_expired", 2028, "The PIN has expired");
        (await _client.VerifyAsync(id, pin)).ShouldBeRefused(400, "otp_expired", 2025, "The OTP has expired");
        (await _client.CancelAsync(id)).ShouldBeRefused(403, "access_denied", 2031, "You cannot cancel a non-pending Otp");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"pin":""}""")]
    [InlineData("""{"pin":" "}""")]
    [InlineData("""{"pin":null}""")]
    [InlineData("""{"pin":["1234"]}""")]
    [InlineData("""{"PIN":"1234"}""")]
    public async Task A_missing_pin_is_named_and_does_not_count(string body)
    {
        var id = await _client.WithRequestedOtpAsync();

        (await _client.VerifyAsync(id.ToString(), body))
            .ShouldBeRefused(400, "invalid_param", 2022, "The parameter pin is empty or not set");
        (await _client.ReadAsync(id)).Json.GetProperty("attempts").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task An_unknown_id_comes_before_a_missing_pin()
    {
        (await _client.VerifyAsync(Guid.CreateVersion7().ToString(), "{}")).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
    }

    [Fact]
    public async Task A_pin_that_comes_as_a_number_gets_its_leading_zeros_back()
    {
        for (var tries = 0; tries < 400; tries++)
        {
            var answer = await _client.RequestAsync(new { phoneNumber = Recipients.Next(), pinLength = 4 });
            var id = answer.Json.GetProperty("otpId").GetGuid();
            var pin = await _host.PinOfAsync(id);
            if (pin[0] == '0')
            {
                (await _client.VerifyAsync(id.ToString(), $$"""{"pin":{{int.Parse(pin)}}}""")).Text.ShouldBe("""{"status":"VERIFIED"}""");
                return;
            }
        }

        Assert.Fail("No PIN of 400 begins with 0: the generator is not even.");
    }

    [Fact]
    public async Task Letters_are_compared_without_case()
    {
        var answer = await _client.RequestAsync(new { phoneNumber = Recipients.Next(), pinType = "letters" });
        var id = answer.Json.GetProperty("otpId").GetGuid();

        var verified = await _client.VerifyAsync(id, (await _host.PinOfAsync(id)).ToLowerInvariant());

        verified.Text.ShouldBe("""{"status":"VERIFIED"}""");
    }

    [Fact]
    public async Task A_retry_of_the_successful_submission_gets_its_answer_again_and_another_submission_does_not()
    {
        var id = await _client.WithRequestedOtpAsync();
        var pin = await _host.PinOfAsync(id);

        (await _client.VerifyAsync(id, pin, "submission-1")).Text.ShouldBe("""{"status":"VERIFIED"}""");
        (await _client.VerifyAsync(id, pin, "\"submission-1\"")).Text.ShouldBe("""{"status":"VERIFIED"}""");
        (await _client.VerifyAsync(id, pin, "submission-2")).ShouldBeRefused(400, "otp_verified", 2023, "The OTP was already verified");
    }

    [Theory]
    [InlineData("23:59:00", true)]
    [InlineData("24:00:00", false)]
    public async Task A_retry_of_the_successful_submission_gets_its_answer_for_a_day(string ago, bool again)
    {
        var id = await _client.WithRequestedOtpAsync();
        var pin = await _host.PinOfAsync(id);
        (await _client.VerifyAsync(id, pin, "submission")).Text.ShouldBe("""{"status":"VERIFIED"}""");

        await _host.QueryAsync(
            db => db.Database.ExecuteSqlAsync($"UPDATE otps SET final_at = clock_timestamp() - {ago}::interval WHERE id = {id}"));

        var retry = await _client.VerifyAsync(id, pin, "submission");
        retry.Text.Contains("VERIFIED", StringComparison.Ordinal).ShouldBe(again, retry.Text);
    }
}
