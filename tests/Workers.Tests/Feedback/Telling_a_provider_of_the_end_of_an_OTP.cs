using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.DeadLetters;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Workers.Providers.Reservations;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Feedback;

/// <summary>From the intake to the provider's feedback API, on the real broker and database.</summary>
public sealed class Telling_a_provider_of_the_end_of_an_OTP(FeedbackWorld world) : IClassFixture<FeedbackWorld>
{
    private const string Queue = "otp-feedback";

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
        await UntilNothingIsOwedAsync(second.Id);
    }

    [Fact]
    public async Task Follows_the_answer_of_a_provider_that_was_slower_than_the_user()
    {
        var recipient = Recipients.Next();
        var held = world.HoldMessages();
        var otpId = await world.Host.RequestAsync(Channel.Sms, recipient);
        var pin = await Eventually.Get(() => Task.FromResult(world.PinSentTo(recipient)), "Twilio has the message");
        await world.VerifyAsync(new(otpId, recipient, pin, ""));
        (await world.OwedAsync(otpId)).ShouldBe(0, "it has no message id");

        held.SetResult();

        var otp = await world.SentAsync(otpId, recipient, attempt: 1);
        (await world.UntilToldAsync(otp)).Body.ShouldBe("Outcome=confirmed");
        await UntilNothingIsOwedAsync(otpId);
        world.Told[otp.MessageId].Count().ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Is_found_again_where_somebody_purged_or_deleted_its_queue(bool deleted)
    {
        var otps = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.SentAsync(Channel.Sms)));
        var held = world.HoldFeedback();
        await Task.WhenAll(otps.Select(world.VerifyAsync));
        await Eventually.Until(async () => await world.Broker.CountAsync(Queue) == 3, "one is being told and one is with the worker");
        await (deleted ? world.Broker.DeleteQueueAsync(Queue) : world.Broker.PurgeQueueAsync(Queue));
        held.SetResult();
        await Eventually.Until(() => Task.FromResult(otps.Any(o => world.Told[o.MessageId].Any())), "the first is told");
        (await world.OwedAsync([.. otps.Select(o => o.Id)])).ShouldBeGreaterThanOrEqualTo(3);

        await world.Database.ScalarAsync<object>("UPDATE pending_feedback SET due_at = clock_timestamp()");

        foreach (var otp in otps)
        {
            await world.UntilToldAsync(otp);
        }

        await UntilNothingIsOwedAsync([.. otps.Select(o => o.Id)]);
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

        (await world.OwedAsync(otp.Id)).ShouldBe(0);
        await AnotherIsToldAsync();
        world.Silent.All.ShouldNotContain(r => r.Path == "/told");
        world.Skipped.ShouldBe(skipped, "no command was published");
        (await DeadLettersAsync()).ShouldBe(deadLetters);
    }

    [Fact]
    public async Task Is_tried_again_where_it_fails_then_put_aside_and_holds_up_no_delivery()
    {
        var otp = await world.SentAsync(Channel.Ussd);
        var before = world.Failing.All.Count(r => r.Path == "/told");

        await world.VerifyAsync(otp);

        await Eventually.Until(async () => await DeadLettersAsync() == 1, "the feedback is a dead letter");
        world.Failing.All.Count(r => r.Path == "/told").ShouldBe(before + 3, "at first and after each of two pauses");
        world.Host.Services.GetRequiredService<ProviderReservations>().Unusable(new(new() { Name = "r", Providers = { "failing", "off" } }))
            .ShouldBeEmpty("one failure would open the breaker of its messages");
        await world.SentAsync(Channel.Ussd);
        await AnotherIsToldAsync();
        (await world.Database.ScalarAsync<string>("SELECT reason FROM dead_letters WHERE queue = 'otp-feedback'"))
            .ShouldBe("failed: FeedbackFailedException");
        await UntilNothingIsOwedAsync(otp.Id);
        await IsToldOnceMoreWhenReplayedAsync();
    }

    [Fact]
    public async Task Is_owed_no_more_after_a_dead_letter_for_any_other_reason()
    {
        world.FailingAnswer = 500;
        var otp = await world.SentAsync(Channel.Ussd);
        await world.Database.ExecuteAsync("ALTER TABLE pending_feedback ADD CONSTRAINT no_second CHECK (attempt = 1)");

        await world.VerifyAsync(otp);

        const string Failed = "dead_letters WHERE reason = 'failed: PostgresException'";
        await Eventually.Until(async () => await world.Database.CountAsync(Failed) == 1, "the next attempt cannot be stored");
        await UntilNothingIsOwedAsync(otp.Id);
        await world.Database.ExecuteAsync($"DELETE FROM {Failed}");
        await world.Database.ExecuteAsync("ALTER TABLE pending_feedback DROP CONSTRAINT no_second");
        await EndWithASuccessAsync();
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
        await UntilNothingIsOwedAsync(verified.Id);
        var skipped = world.Skipped;

        await ForgeAsync(verified.Id, world.Host.Application.Id);
        await ForgeAsync(verified.Id, world.Host.Application.Id, mark: $"{Guid.NewGuid():N}.00");
        await ForgeAsync(live.Id, world.Host.Application.Id);
        await ForgeAsync(cancelled.Id, world.Host.Application.Id);
        await ForgeAsync(verified.Id, Guid.CreateVersion7());
        await ForgeAsync(Guid.CreateVersion7(), world.Host.Application.Id);

        await Eventually.Until(() => Task.FromResult(world.Skipped == skipped + 6), "each was looked up");
        new[] { live, cancelled, verified }.Select(o => world.Told[o.MessageId].Count()).ShouldBe([0, 0, 1]);
    }

    private Task ForgeAsync(Guid otpId, Guid applicationId, string? mark = null) => world.Broker.PublishAsync(
        Queue, "",
        $$"""{"otpId":"{{otpId}}","applicationId":"{{applicationId}}","provider":"twilio","messageId":"SM1","verified":true}""",
        mark is null ? null : new Dictionary<string, object?> { [DeadLetterStore.ReplayHeader] = mark });

    private async Task IsToldOnceMoreWhenReplayedAsync()
    {
        var secrets = world.Host.Services.GetRequiredService<OtpSecrets>();
        await using var context =
            await world.Host.Services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
        var letter = await context.Set<DeadLetter>().SingleAsync(d => d.Queue == Queue);
        var calls = world.Failing.All.Count(r => r.Path == "/told");
        foreach (var answer in new[] { 500, 200 })
        {
            world.FailingAnswer = answer;

            await world.Broker.PublishAsync(
                Queue, "", Encoding.UTF8.GetString(secrets.DecryptDeadLetter(letter).Body),
                new Dictionary<string, object?> { [DeadLetterStore.ReplayHeader] = secrets.MarkReplay(letter.Id) });

            calls++;
            await Eventually.Until(() => Task.FromResult(world.Failing.All.Count(r => r.Path == "/told") == calls), "it is told again");
        }

        await AnotherIsToldAsync();
        world.Failing.All.Count(r => r.Path == "/told").ShouldBe(calls, "a replay is one attempt");
        (await DeadLettersAsync()).ShouldBe(1, "a replay that fails keeps its row");
    }

    /// <summary>The failures of one test do not count towards the breaker of another.</summary>
    private async Task EndWithASuccessAsync()
    {
        world.FailingAnswer = 200;
        var other = await world.SentAsync(Channel.Ussd);
        await world.VerifyAsync(other);
        await UntilNothingIsOwedAsync(other.Id);
        world.FailingAnswer = 500;
    }

    /// <summary>What was committed before has been told by then: its message went out first.</summary>
    private async Task AnotherIsToldAsync()
    {
        var other = await world.SentAsync(Channel.Sms);
        await world.VerifyAsync(other);
        await world.UntilToldAsync(other);
    }

    private Task UntilNothingIsOwedAsync(params Guid[] otps) =>
        Eventually.Until(async () => await world.OwedAsync(otps) == 0, "nothing is owed");

    private Task<long> DeadLettersAsync() => world.Database.CountAsync("dead_letters WHERE queue = 'otp-feedback'");
}
