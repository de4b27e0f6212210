using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

/// <summary>What the server said stands, whatever becomes of the connection afterwards.</summary>
public sealed class A_verdict_that_was_read
{
    private static readonly SendOutcome InvalidRecipient = new SendOutcome.Refused("invalid_recipient");

    /// <summary>Answers up to the last, after which the connection ends, and what that means.</summary>
    public static TheoryData<string, string> Endings => new()
    {
        { "550 5.1.0 no such sender", "sender_refused" },
        { "552 no", "sender_refused" },
        { "250 sender|550 5.1.1 no such user", "invalid_recipient" },
        { "250 sender|550-5.1.1 no such user", "invalid_recipient" },
        { "250 sender|250 recipient|554 5.7.1 no", "refused" },
        { "250 sender|250 recipient|354 go on|554 5.6.0 no", "refused" },
        { "250 sender|250 recipient|354 go on|554-5.6.0 no", "refused" },
        { "250 sender|452 4.2.2 full", "mailbox_full" },
        { "250 sender|250 recipient|354 go on|421 4.7.0 later", "throttled" },
        { "530 5.7.0 log in first", "authentication_failed" },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Outlives_the_connection(string answers, string reason)
    {
        await using var server = new RawServer(c => AnswerAsync(c, answers));
        await using var host = MailHost.Create(server.Port);

        var outcome = await host.SendAsync(To("a"));

        outcome.Cause.ShouldBe(reason);
        outcome.ShouldNotBeOfType<SendOutcome.Unknown>();
        server.Connections.ShouldBe(1);
    }

    [Theory]
    [InlineData("250 taken")]
    [InlineData("250-taken")]
    [InlineData("252 taken")]
    public async Task Is_that_the_message_was_taken(string answer)
    {
        await using var server = new RawServer(c => AnswerAsync(c, $"250 sender|250 recipient|354 go on|{answer}"));
        await using var host = MailHost.Create(server.Port);

        (await host.SendAsync(To("a"))).ShouldBeOfType<SendOutcome.Accepted>();
    }

    [Theory]
    [InlineData("500 what")]
    [InlineData("421 going down")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task Outlives_a_RSET_that_fails(string? answer)
    {
        await using var server = new RawServer(async c =>
        {
            await AnswerAsync(c, "250 sender|550 5.1.1 no such user");
            (await c.HearAsync()).ShouldBe("RSET");
            await (answer is null ? c.NothingAsync() : c.SayAsync(answer + "\n"));
            await c.NothingAsync();
        });
        await using var host = MailHost.Create(server.Port, ("ReplyTimeout", "00:00:00.3"));

        (await host.SendAsync(To("a"))).ShouldBe(InvalidRecipient);
    }

    [Fact]
    public async Task Over_a_kept_connection_is_not_asked_for_a_second_time()
    {
        const string Answers = "250 sender|250 recipient|354 go on|250 taken|250 sender|550 5.1.1 no such user";
        await using var server = new RawServer(c => AnswerAsync(c, Answers));
        await using var host = MailHost.Create(server.Port);

        (await host.SendAsync(To("a"))).ShouldBeOfType<SendOutcome.Accepted>();
        (await host.SendAsync(To("b"))).ShouldBe(InvalidRecipient);

        server.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task Of_a_server_that_wants_fewer_connections_outlives_its_next_silence()
    {
        await using var server = new RawServer(async c =>
        {
            await c.SayAsync("220 mail\n");
            await c.HearAsync();
            await c.SayAsync("421 4.7.0 too many connections\n");
        });
        await using var host = MailHost.Create(server.Port);

        (await host.SendAsync(To("a"))).ShouldBe(new SendOutcome.Throttled("throttled"));
    }

    private static async Task AnswerAsync(RawConnection c, string answers)
    {
        await c.SayAsync("220 mail\n");
        await c.HearAsync();
        await c.SayAsync("250-mail\n250 8BITMIME\n");
        var content = false;
        foreach (var answer in answers.Split('|'))
        {
            await (content ? c.HearUntilAsync(".") : c.HearAsync());
            await c.SayAsync(answer + "\n");
            content = answer.StartsWith("354", StringComparison.Ordinal);
        }
    }

    private static OutgoingDelivery To(string recipient) => Messages.To($"{recipient}@mail.example", Channel.Email);
}
