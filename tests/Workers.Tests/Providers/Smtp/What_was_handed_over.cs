using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

/// <summary>Before the final dot nobody has the message; from the dot on somebody may. The server offers all that blurs this.</summary>
public sealed class What_was_handed_over
{
    private const string Extensions =
        "250-mail\n250-PIPELINING\n250-CHUNKING\n250-BINARYMIME\n250-8BITMIME\n250-SMTPUTF8\n250 SIZE 1000000\n";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly SendOutcome Lost = new SendOutcome.ProviderFailed("connection_lost");
    private static readonly SendOutcome MayHaveIt = new SendOutcome.Unknown("connection_lost");

    public static TheoryData<string, string, bool> Moments => new()
    {
        { "None", "lost-data", false }, { "None", "lost-content", false },
        { "None", "lost-dot", true }, { "None", "lost-answer", true },
        { "StartTls", "lost-data", false }, { "StartTls", "lost-content", false },
        { "StartTls", "lost-dot", true }, { "StartTls", "lost-answer", true },
        { "Tls", "lost-data", false }, { "Tls", "lost-content", false },
        { "Tls", "lost-dot", true }, { "Tls", "lost-answer", true },
    };

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Is_known_in_every_security_mode_when_the_connection_ends(string security, string moment, bool mayHaveIt)
    {
        using var certificates = new Certificates();
        var mode = security.ToLowerInvariant();
        await using var server = await MailServer.StartAsync(mode, mode == "none" ? null : certificates);
        await using var host = MailHost.Create(
            server.Port, Patience, ("Security", security), ("CaFile", certificates.AuthorityFile), ("ReplyTimeout", "00:01:00"));

        // Longer than what the two systems hold between a writer and a reader.
        var lines = moment == "lost-content" ? 600_000 : 1;
        var text = string.Concat(Enumerable.Repeat("line of the content\r\n", lines)) + "the last line";

        (await host.SendAsync(To(moment, text))).ShouldBe(mayHaveIt ? MayHaveIt : Lost);
    }

    [Fact]
    public async Task Is_nothing_when_the_connection_ends_within_a_content_of_many_packets()
    {
        await using var server = new RawServer(async c =>
        {
            await GreetAsync(c);
            await UntilContentAsync(c);
            await c.HearUntilAsync("line 99");
        });
        await using var host = MailHost.Create(server.Port, Patience, ("ReplyTimeout", "00:01:00"));

        (await host.SendAsync(To("a", string.Join('\n', Enumerable.Range(0, 1_000_000).Select(n => $"line {n}"))))).ShouldBe(Lost);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200)]
    public async Task Is_the_message_once_its_last_line_is_out_however_long_it_is(int lines)
    {
        // Lengths around 4096, what MailKit writes at once, so that some content ends where a block does.
        for (var rest = 0; rest < 80; rest += 13)
        {
            await using var server = new RawServer(async c =>
            {
                await GreetAsync(c);
                await UntilContentAsync(c);
                await c.HearUntilAsync("end");
            });
            await using var host = MailHost.Create(server.Port);
            var text = string.Concat(Enumerable.Repeat("0123456789012345678\n", lines)) + new string('x', rest) + "\nend";

            (await host.SendAsync(To("a", text))).ShouldBe(MayHaveIt);
        }
    }

    [Fact]
    public async Task Is_asked_for_step_by_step_whatever_the_server_offers()
    {
        List<string?> commands = [];
        await using var server = new RawServer(async c =>
        {
            await GreetAsync(c);
            foreach (var answer in new[] { "250 sender\n", "250 recipient\n", "354 go on\n" })
            {
                commands.Add(await c.HearAsync());
                await c.SayAsync(answer);
            }

            await c.HearUntilAsync(".");
            await c.SayAsync("250 taken\n");
        });
        await using var host = MailHost.Create(server.Port);

        (await host.SendAsync(To("a", "Ünïcode"))).ShouldBeOfType<SendOutcome.Accepted>();

        commands.ShouldBe(["MAIL FROM:<codes@otp.example> BODY=8BITMIME", "RCPT TO:<a@mail.example>", "DATA"]);
    }

    [Fact]
    public async Task Is_not_sent_ahead_of_an_answer()
    {
        var next = new TaskCompletionSource<string?>();
        await using var server = new RawServer(async c =>
        {
            await GreetAsync(c);
            await c.HearAsync();
            await c.SayAsync("451 not now\n");
            next.SetResult(await c.HearAsync());
            await c.SayAsync("250 reset\n");
            await c.NothingAsync();
        });
        await using var host = MailHost.Create(server.Port);

        (await host.SendAsync(To("a", "x"))).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));

        (await next.Task).ShouldBe("RSET");
    }

    [Fact]
    public async Task Is_nothing_when_the_server_does_not_answer_in_time_before_the_content()
    {
        await using var server = new RawServer(async c =>
        {
            await GreetAsync(c);
            await c.HearAsync();
            await c.NothingAsync();
        });
        await using var host = MailHost.Create(server.Port, ("ReplyTimeout", "00:00:00.3"));

        (await host.SendAsync(To("a", "x"))).ShouldBe(new SendOutcome.ProviderFailed("timeout"));
    }

    [Fact]
    public async Task May_be_answered_later_than_other_steps_are()
    {
        await using var server = new RawServer(async c =>
        {
            await GreetAsync(c);
            await UntilContentAsync(c);
            await c.HearUntilAsync(".");
            await Task.Delay(TimeSpan.FromMilliseconds(1500));
            await c.SayAsync("250 taken\n");
        });
        await using var host = MailHost.Create(server.Port, ("ReplyTimeout", "00:00:01"));

        (await host.SendAsync(To("a", "x"))).ShouldBeOfType<SendOutcome.Accepted>();
    }

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("354 go on\n")]
    [InlineData("25")]
    public async Task May_be_the_message_when_the_answer_to_the_dot_is_none(string answer)
    {
        await using var server = new RawServer(async c =>
        {
            await GreetAsync(c);
            await UntilContentAsync(c);
            await c.HearUntilAsync(".");
            await c.SayAsync(answer);
        });
        await using var host = MailHost.Create(server.Port);

        (await host.SendAsync(To("a", "x"))).ShouldBe(MayHaveIt);
    }

    private static async Task GreetAsync(RawConnection c)
    {
        await c.SayAsync("220 mail\n");
        await c.HearAsync();
        await c.SayAsync(Extensions);
    }

    private static async Task UntilContentAsync(RawConnection c)
    {
        foreach (var answer in new[] { "250 sender\n", "250 recipient\n", "354 go on\n" })
        {
            await c.HearAsync();
            await c.SayAsync(answer);
        }
    }

    private static OutgoingDelivery To(string recipient, string text) => Messages.To($"{recipient}@mail.example", Channel.Email, text);
}
