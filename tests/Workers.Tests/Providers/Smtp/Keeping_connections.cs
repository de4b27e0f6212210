using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Providers.Support;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

public sealed class Keeping_connections
{
    [Fact]
    public async Task One_message_after_another_goes_over_one_connection_refused_ones_too()
    {
        await using var server = await MailServer.StartAsync();
        await using var host = Host(server.Port);

        foreach (var recipient in new[] { "a", "unknown", "b", "full", "refused", "c" })
        {
            await host.SendAsync(To(recipient));
        }

        await Eventually.Until(() => Task.FromResult(server.Mails.Count == 4), "four messages are there");
        server.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task Without_idle_connections_each_message_has_its_own()
    {
        await using var server = await MailServer.StartAsync();
        await using var host = Host(server.Port, ("IdleConnections", "0"));

        await host.SendAsync(To("a"));
        await host.SendAsync(To("b"));

        await Eventually.Until(() => Task.FromResult(server.Mails.Count == 2), "both messages are there");
        server.Connections.ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("421 4.4.2 idle for too long\n")]
    public async Task One_that_died_meanwhile_is_replaced_and_the_message_sent_once(string lastWords)
    {
        await using var server = new RawServer(async c =>
        {
            await GreetAsync(c);
            await TakeAsync(c);
            if (c.Number > 1)
            {
                await c.NothingAsync();
            }

            await c.SayAsync(lastWords);
        });
        await using var host = Host(server.Port);

        (await host.SendAsync(To("a"))).ShouldBeOfType<SendOutcome.Accepted>();
        (await host.SendAsync(To("b"))).ShouldBeOfType<SendOutcome.Accepted>();

        server.Connections.ShouldBe(2);
    }

    [Fact]
    public async Task One_that_dies_after_the_final_dot_is_not_replaced()
    {
        await using var server = new RawServer(async c =>
        {
            await GreetAsync(c);
            await TakeAsync(c);
            await HearMessageAsync(c);
        });
        await using var host = Host(server.Port);
        await host.SendAsync(To("a"));

        (await host.SendAsync(To("b"))).ShouldBe(new SendOutcome.Unknown("connection_lost"));

        server.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_nobody_used_for_a_while_is_closed_with_a_farewell()
    {
        var farewell = new TaskCompletionSource<string?>();
        await using var server = new RawServer(async c =>
        {
            await GreetAsync(c);
            await TakeAsync(c);
            farewell.TrySetResult(await c.HearAsync());
        });
        await using var host = Host(server.Port, ("IdleTimeout", "00:00:01"));

        await host.SendAsync(To("a"));

        (await farewell.Task.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe("QUIT");
    }

    private static async Task GreetAsync(RawConnection c)
    {
        await c.SayAsync("220 mail\n");
        await c.HearAsync();
        await c.SayAsync("250-mail\n250 8BITMIME\n");
    }

    private static async Task TakeAsync(RawConnection c)
    {
        await HearMessageAsync(c);
        await c.SayAsync("250 taken\n");
    }

    private static async Task HearMessageAsync(RawConnection c)
    {
        foreach (var answer in new[] { "250 sender\n", "250 recipient\n", "354 go on\n" })
        {
            await c.HearAsync();
            await c.SayAsync(answer);
        }

        await c.HearUntilAsync(".");
    }

    private static ProviderHost Host(int port, params (string Key, string? Value)[] more) =>
        new(new Dictionary<string, string?> { ["Type"] = "smtp", ["Host"] = "localhost", ["Port"] = $"{port}", ["Security"] = "None", ["From"] = "codes@otp.example" }.With(more));

    private static OutgoingDelivery To(string recipient) => Messages.To($"{recipient}@mail.example", Channel.Email);
}
