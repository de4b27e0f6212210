using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

public sealed class A_server_without_EHLO
{
    [Fact]
    public async Task Gets_HELO_and_the_message_in_seven_bits()
    {
        List<string?> commands = [];
        await using var server = Server(commands);
        await using var host = MailHost.Create(server.Port, ("HelloName", "otp.example.com"));

        (await host.SendAsync(Messages.To("a@mail.example", Channel.Email, "Ünïcode"))).ShouldBeOfType<SendOutcome.Accepted>();

        commands.Take(4).ShouldBe(
            ["EHLO otp.example.com", "HELO otp.example.com", "MAIL FROM:<codes@otp.example>", "RCPT TO:<a@mail.example>"]);
        commands.ShouldContain("Content-Transfer-Encoding: base64");
    }

    [Theory]
    [InlineData("Security", "StartTls", "tls_unavailable")]
    [InlineData("Username", "otp", "authentication_failed")]
    public async Task Gets_no_message_where_the_entry_needs_what_EHLO_offers(string key, string value, string reason)
    {
        List<string?> commands = [];
        await using var server = Server(commands);
        await using var host = MailHost.Create(server.Port, (key, value), ("Password", key == "Username" ? "s3cret" : null));

        (await host.SendAsync(Messages.To("a@mail.example", Channel.Email))).ShouldBe(new SendOutcome.ProviderFailed(reason));

        commands.ShouldNotContain(c => c!.StartsWith("MAIL") || c.StartsWith("AUTH"));
    }

    [Fact]
    public async Task And_whose_answer_never_ends_gets_no_message()
    {
        await using var server = new RawServer(async c =>
        {
            await c.SayAsync("220 mail\n");
            await c.HearAsync();
            while (true)
            {
                await c.SayAsync("250-and so on\n");
            }
        });
        await using var host = MailHost.Create(server.Port, ("ConnectTimeout", "00:00:30"));

        (await host.SendAsync(Messages.To("a@mail.example", Channel.Email))).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));

        host.Logs.ShouldContain(l => l.Contains("does not speak SMTP"));
    }

    private static RawServer Server(List<string?> commands) => new(async c =>
    {
        await c.SayAsync("220 mail\n");
        var content = false;
        while (await c.HearAsync() is { } line)
        {
            commands.Add(line);
            var isContent = content && line != ".";
            content = isContent || line == "DATA";
            await c.SayAsync(isContent ? "" : line.StartsWith("EHLO") ? "502 what\n" : content ? "354 go on\n" : "250 yes\n");
        }
    });
}
