using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Providers.Reservations;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Feedback;

/// <summary>From the intake to the provider's feedback API, on the real broker and database.</summary>
[Collection("servers")]
public sealed class Telling_a_provider_of_the_end_of_an_OTP(FeedbackWorld world) : IClassFixture<FeedbackWorld>
{
    [Fact]
    public async Task Confirms_the_newest_message_of_a_verified_OTP_once_as_Twilio_documents_it()
    {
        var first = await world.SentAsync(Channel.Sms);
        var resend = await world.Host.Services.GetRequiredService<OtpResend>()
            .ResendAsync(new(world.Host.Application, first.Id) { RetryPeriod = 0 }, CancellationToken.None);
        resend.Error.ShouldBeNull();
        var second = await world.SentAsync(first.Id, first.Recipient, attempt: 2);

        await world.VerifyAsync(second);

        var told = await world.UntilToldAsync(second);
        (told.Method, told.Target, told.Body, told.Headers["Authorization"]).ShouldBe((
            "POST", $"/2010-04-01/Accounts/{FeedbackWorld.Sid}/Messages/{second.MessageId}/Feedback.json", "Outcome=confirmed",
            $"Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{FeedbackWorld.Sid}:planted-auth-token"))}"));
        await AnotherIsToldAsync();
        world.Told[second.MessageId].Count().ShouldBe(1);
        world.Told[first.MessageId].ShouldBeEmpty();
    }

    [Fact]
    public async Task Says_unconfirmed_when_the_OTP_has_expired()
    {
        var otp = await world.SentAsync(Channel.Sms);

        await world.Database.ExpireAsync(otp.Id);

        (await world.UntilToldAsync(otp)).Body.ShouldBe("Outcome=unconfirmed");
    }

    [Theory]
    [InlineData(Channel.Call)]
    [InlineData(Channel.Whatsapp)]
    public async Task Writes_and_sends_nothing_where_the_provider_wants_none(Channel channel)
    {
        var (skipped, deadLetters) = (world.Skipped, await DeadLettersAsync());
        var otp = await world.SentAsync(channel);

        await world.VerifyAsync(otp);

        await AnotherIsToldAsync();
        world.Silent.All.ShouldNotContain(r => r.Path == "/told");
        world.Skipped.ShouldBe(skipped, "no command was published");
        (await DeadLettersAsync()).ShouldBe(deadLetters);
    }

    [Fact]
    public async Task Is_tried_again_where_it_fails_then_put_aside_and_holds_up_no_delivery()
    {
        var otp = await world.SentAsync(Channel.Ussd);

        await world.VerifyAsync(otp);

        await Eventually.Until(async () => await DeadLettersAsync() == 1, "the feedback is a dead letter");
        world.Failing.All.Count(r => r.Path == "/told").ShouldBe(3, "at first and after each of two pauses");
        world.Host.Services.GetRequiredService<ProviderReservations>().Unusable(new(new() { Name = "r", Providers = { "failing", "off" } }))
            .ShouldBeEmpty("one failure would open the breaker of its messages");
        await world.SentAsync(Channel.Ussd);
        await AnotherIsToldAsync();
        (await world.Database.ScalarAsync<string>("SELECT reason FROM dead_letters WHERE queue = 'otp-feedback'"))
            .ShouldBe("failed: FeedbackFailedException");
    }

    [Fact]
    public async Task Believes_no_message_of_the_bus()
    {
        var (live, cancelled, verified) =
            (await world.SentAsync(Channel.Sms), await world.SentAsync(Channel.Sms), await world.SentAsync(Channel.Sms));
        await world.Host.Services.GetRequiredService<OtpCancellation>()
            .CancelAsync(new(world.Host.Application, cancelled.Id), CancellationToken.None);
        await world.VerifyAsync(verified);
        await world.UntilToldAsync(verified);
        var skipped = world.Skipped;

        await ForgeAsync(live.Id, world.Host.Application.Id);
        await ForgeAsync(cancelled.Id, world.Host.Application.Id);
        await ForgeAsync(verified.Id, Guid.CreateVersion7());
        await ForgeAsync(Guid.CreateVersion7(), world.Host.Application.Id);

        await Eventually.Until(() => Task.FromResult(world.Skipped == skipped + 4), "each was looked up");
        new[] { live, cancelled, verified }.Select(o => world.Told[o.MessageId].Count()).ShouldBe([0, 0, 1]);
    }

    private Task ForgeAsync(Guid otpId, Guid applicationId) => world.Broker.PublishAsync(
        "otp-feedback", "",
        $$"""{"otpId":"{{otpId}}","applicationId":"{{applicationId}}","provider":"twilio","messageId":"SM1","verified":true}""");

    /// <summary>What was committed before has been told by then: its message went out first.</summary>
    private async Task AnotherIsToldAsync()
    {
        var other = await world.SentAsync(Channel.Sms);
        await world.VerifyAsync(other);
        await world.UntilToldAsync(other);
    }

    private Task<long> DeadLettersAsync() => world.Database.CountAsync("dead_letters WHERE queue = 'otp-feedback'");
}
