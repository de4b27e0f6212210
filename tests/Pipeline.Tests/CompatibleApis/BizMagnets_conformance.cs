using OtpPipeline.Pipeline.Tests.Harness;
using OtpPipeline.Pipeline.Tests.Promises;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.CompatibleApis;

/// <summary>BizMagnets' two calls over real processes, a real broker and the sandbox's phone.</summary>
[Collection(nameof(SharedPipeline))]
public sealed class BizMagnets_conformance(SharedPipeline shared)
{
    [Fact]
    public async Task An_OTP_arrives_over_WhatsApp_and_verifies_once()
    {
        var pipeline = await shared.GetAsync();
        var (id, recipient) = await SentAsync(pipeline);
        var message = await pipeline.Sandbox.MessageAsync(recipient);
        message.Channel.ShouldBe("whatsapp");
        message.Text.ShouldBe($"{message.Pin} is your verification code.");

        NotVerified(await VerifyAsync(pipeline, id, recipient, Each_channel_from_end_to_end.Wrong(message.Pin)), id);
        NotVerified(await VerifyAsync(pipeline, id, Recipients.Next(), message.Pin), id);
        (await VerifyAsync(pipeline, id, recipient, message.Pin))
            .ShouldBe(new HostAnswer(200, $$"""{"id":"{{id}}","message":"success"}"""));
        NotVerified(await VerifyAsync(pipeline, id, recipient, message.Pin), id);

        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [id]);
        pipeline.Events.ForOtp(id).Select(e => e.Status).ShouldBe(["SENT", "VERIFIED"], ignoreOrder: true);
        (await pipeline.Database.OtpAsync(id)).Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task An_OTP_that_is_over_is_gone()
    {
        var pipeline = await shared.GetAsync();
        var (expired, itsRecipient) = await SentAsync(pipeline);
        var (cancelled, recipient) = await SentAsync(pipeline);
        var (exhausted, guessed) = await SentAsync(pipeline);
        var (pin, other) = (await pipeline.Sandbox.PinAsync(itsRecipient), await pipeline.Sandbox.PinAsync(recipient));

        await pipeline.Database.ExpireInAsync(TimeSpan.Zero, expired);
        NotVerified(await VerifyAsync(pipeline, expired, itsRecipient, pin), expired);
        await pipeline.UntilStatusAsync(expired, "EXPIRED");
        NotVerified(await VerifyAsync(pipeline, expired, itsRecipient, pin), expired);

        (await pipeline.Client.CancelAsync(cancelled)).Status.ShouldBe(200);
        NotVerified(await VerifyAsync(pipeline, cancelled, recipient, other), cancelled);

        for (var i = 0; i < 6; i++)
        {
            NotVerified(await VerifyAsync(pipeline, exhausted, guessed, "none"), exhausted);
        }

        (await pipeline.UntilStatusAsync(exhausted, "FAILED")).Reason.ShouldBe("max_attempts");
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_told()
    {
        var pipeline = await shared.GetAsync();
        var client = pipeline.Client;
        var unknown = Guid.NewGuid();

        NotVerified(await VerifyAsync(pipeline, unknown, Recipients.Next(), "123456"), unknown);
        var missing = await client.PostTextAsync("otp/tests-config/sendOTP", """{"countryCode":"33"}""");
        (missing.Status, missing.Body.GetProperty("status").GetInt32(), missing.Body.GetProperty("message").GetString())
            .ShouldBe((400, 400, "The field 'mobileNumber' is missing or empty"));
        (await client.PostTextAsync("otp/unknown/sendOTP", "{}")).Status.ShouldBe(404);
        using var stranger = new Client("wrong", () => [.. pipeline.Apis.Select(a => a.Address)]);
        var unauthorized = await stranger.PostTextAsync("otp/tests-config/sendOTP", "{}");
        (unauthorized.Status, unauthorized.Body.GetProperty("error").GetString(), unauthorized.Body.GetProperty("path").GetString()).ShouldBe((401, "Unauthorized", "/otp/tests-config/sendOTP"));
    }

    internal static async Task<(Guid Id, string Recipient)> SentAsync(RunningPipeline pipeline)
    {
        var recipient = Recipients.Next();
        var answer = await pipeline.Client.PostTextAsync(
            $"otp/{CompatibleApiSettings.BizMagnetsConfig}/sendOTP",
            $$"""{"name":"Someone","mobileNumber":"{{recipient[3..]}}","countryCode":"33"}""");
        var id = answer.Body.GetProperty("id").GetGuid();
        answer.ShouldBe(new HostAnswer(201, $$"""{"id":"{{id}}","message":"success"}"""));
        return (id, recipient);
    }

    internal static Task<HostAnswer> VerifyAsync(RunningPipeline pipeline, Guid id, string recipient, string otp) =>
        pipeline.Client.PostTextAsync(
            $"otp/{id}/verifyOTP", $$"""{"otp":"{{otp}}","mobileNumber":"{{recipient[3..]}}","countryCode":"33"}""");

    private static void NotVerified(HostAnswer answer, Guid id)
    {
        answer.Status.ShouldBe(410, answer.Text);
        answer.Text.ShouldBe(
            $$"""{"timestamp":"{{answer.Body.GetProperty("timestamp").GetString()}}","status":403,"error":"Forbidden","path":"/otp/{{id}}/verifyOTP"}""");
    }
}
