using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

public sealed class A_mail_server_that_refuses
{
    [Theory]
    [InlineData("full")]
    [InlineData("storage")]
    public async Task A_full_mailbox_is_the_fault_of_no_provider(string recipient) =>
        (await SendAsync(recipient)).ShouldBe(new SendOutcome.NotSent("mailbox_full"));

    [Fact]
    public async Task For_too_many_messages_wants_fewer() => (await SendAsync("later")).ShouldBe(new SendOutcome.Throttled("throttled"));

    [Theory]
    [InlineData("unknown", "invalid_recipient")]
    [InlineData("multiline", "invalid_recipient")]
    [InlineData("policy", "refused")]
    [InlineData("refused", "refused")]
    public async Task For_good_is_final(string recipient, string reason) =>
        (await SendAsync(recipient)).ShouldBe(new SendOutcome.Refused(reason));

    [Fact]
    public async Task And_ends_the_connection_before_the_final_dot_has_nothing() =>
        (await SendAsync("lost-data")).ShouldBe(new SendOutcome.ProviderFailed("connection_lost"));

    [Fact]
    public async Task And_ends_the_connection_after_the_final_dot_may_have_it() =>
        (await SendAsync("lost-answer")).ShouldBe(new SendOutcome.Unknown("connection_lost"));

    [Fact]
    public async Task And_is_silent_after_the_final_dot_may_have_it() =>
        (await SendAsync("slow", timeout: TimeSpan.FromSeconds(2))).ShouldBe(new SendOutcome.Unknown("timeout"));

    [Fact]
    public async Task Our_password_is_our_trouble_not_the_recipients()
    {
        using var certificates = new Certificates();
        await using var server = await MailServer.StartAsync("starttls", certificates, "--auth");
        await using var host = Host(
            server.Port, null, ("Security", "StartTls"), ("CaFile", certificates.AuthorityFile), ("Username", "otp"),
            ("Password", "wr0ng"));

        (await host.SendAsync(To("someone"))).ShouldBe(new SendOutcome.ProviderFailed("authentication_failed"));

        host.Logs.ShouldContain(l => l.StartsWith("Error: ") && l.Contains("authentication_failed"));
        host.Logs.ShouldNotContain(l => l.Contains("wr0ng"));
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_ends_it()
    {
        using var certificates = new Certificates();
        await using var server = await MailServer.StartAsync("tls", certificates);
        await using var host = Host(server.Port, null, ("Security", "Tls"));

        (await host.SendAsync(To("someone"))).ShouldBe(new SendOutcome.ProviderFailed("tls_failed"));
    }

    [Fact]
    public async Task A_certificate_of_another_host_ends_it()
    {
        using var certificates = new Certificates("mail.elsewhere.example");
        await using var server = await MailServer.StartAsync("tls", certificates);
        await using var host = Host(server.Port, null, ("Security", "Tls"), ("CaFile", certificates.AuthorityFile));

        (await host.SendAsync(To("someone"))).ShouldBe(new SendOutcome.ProviderFailed("tls_failed"));
        server.Mails.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Tls", "localhost", true, true)]
    [InlineData("StartTls", "localhost", true, true)]
    [InlineData("StartTls", "mail.elsewhere.example", false, true)]
    [InlineData("StartTls", "localhost", false, false)]
    public async Task A_certificate_that_expired_or_is_wrong_otherwise_ends_it(
        string security, string name, bool expired, bool authorityIsKnown)
    {
        using var certificates = new Certificates(name, expired);
        using var others = new Certificates();
        await using var server = await MailServer.StartAsync(security.ToLowerInvariant(), certificates);
        var authority = (authorityIsKnown ? certificates : others).AuthorityFile;
        await using var host = MailHost.Create(server.Port, ("Security", security), ("CaFile", authority));

        (await host.SendAsync(To("someone"))).ShouldBe(new SendOutcome.ProviderFailed("tls_failed"));
        server.Recipients.ShouldBe(0);
    }

    [Fact]
    public async Task STARTTLS_itself_gets_no_message_in_clear()
    {
        await using var server = await MailServer.StartAsync();
        await using var host = Host(server.Port, null, ("Security", "StartTls"));

        (await host.SendAsync(To("someone"))).ShouldBe(new SendOutcome.ProviderFailed("tls_unavailable"));
        server.Recipients.ShouldBe(0);
    }

    [Fact]
    public async Task An_answer_put_before_the_handshake_ends_it()
    {
        await using var server = new RawServer(async c =>
        {
            await c.SayAsync("220 mail\n");
            await c.HearAsync();
            await c.SayAsync("250-mail\n250 STARTTLS\n");
            await c.HearAsync();
            await c.SayAsync("220 go on\n250-mail\n250 AUTH PLAIN\n");
            await c.NothingAsync();
        });
        await using var host = Host(server.Port, null, ("Security", "StartTls"));

        (await host.SendAsync(To("someone"))).ShouldBe(new SendOutcome.ProviderFailed("tls_failed"));
    }

    [Fact]
    public async Task STARTTLS_in_one_answer_of_several_lines_is_asked_for_the_handshake()
    {
        var first = new TaskCompletionSource<string?>();
        await using var server = new RawServer(async c =>
        {
            await c.SayAsync("220 mail\n");
            await c.HearAsync();
            await c.SayAsync("250-mail\n250 STARTTLS\n");
            await c.HearAsync();
            await c.SayAsync("220-go on\n220 with TLS\n");
            first.SetResult(await c.HearAsync());
        });
        await using var host = Host(server.Port, null, ("Security", "StartTls"), ("ConnectTimeout", "00:00:00.5"));

        (await host.SendAsync(To("someone"))).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));

        // The record type and the version of a ClientHello.
        (await first.Task).ShouldNotBeNull().ShouldStartWith("\u0016\u0003");
    }

    [Theory]
    [InlineData("554 no mail here\n", false)]
    [InlineData("421 4.7.0 too many connections\n", true)]
    [InlineData("HTTP/1.1 400 Bad Request\n", false)]
    public async Task With_its_greeting_has_nothing(string greeting, bool throttled)
    {
        await using var server = new RawServer(async c =>
        {
            await c.SayAsync(greeting);
            await c.NothingAsync();
        });

        (await Host(server.Port, null).SendAsync(To("someone")))
            .ShouldBe(throttled ? new SendOutcome.Throttled("throttled") : new SendOutcome.ProviderFailed("unavailable"));
    }

    [Fact]
    public async Task To_answer_before_the_message_has_nothing()
    {
        await using var server = new RawServer(c => c.NothingAsync());

        (await Host(server.Port, null, ("ConnectTimeout", "00:00:00.3")).SendAsync(To("someone")))
            .ShouldBe(new SendOutcome.ProviderFailed("unavailable"));
        (await Host(server.Port, TimeSpan.FromMilliseconds(300)).SendAsync(To("someone")))
            .ShouldBe(new SendOutcome.ProviderFailed("unavailable"));
    }

    [Fact]
    public async Task Connections_has_nothing() =>
        (await Host(1, null).SendAsync(To("someone"))).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));

    private static ProviderHost Host(int port, TimeSpan? timeout, params (string Key, string? Value)[] more) =>
        new(
            new Dictionary<string, string?> { ["Type"] = "smtp", ["Host"] = "localhost", ["Port"] = $"{port}", ["Security"] = "None", ["From"] = "codes@otp.example" }.With(more),
            timeout);

    private static OutgoingDelivery To(string recipient) => Messages.To($"{recipient}@mail.example", Channel.Email);

    private static async Task<SendOutcome> SendAsync(string recipient, TimeSpan? timeout = null)
    {
        await using var server = await MailServer.StartAsync();
        await using var host = Host(server.Port, timeout);
        return await host.SendAsync(To(recipient));
    }
}
