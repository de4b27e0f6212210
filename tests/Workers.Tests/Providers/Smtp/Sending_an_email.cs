using System.Text;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

public sealed class Sending_an_email
{
    private const string Password = "s3cr3t ü";

    public static TheoryData<string, string, bool> Sessions => new()
    {
        { "None", "none", false }, { "None", "none", true }, { "StartTls", "starttls", false }, { "StartTls", "starttls", true },
        { "Tls", "tls", true }, { "Tls", "tls", false },
    };

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task It_arrives_in_every_security_mode_with_and_without_log_in(string security, string mode, bool logIn)
    {
        using var certificates = new Certificates();
        await using var server = await MailServer.StartAsync(mode, mode == "none" ? null : certificates, logIn ? ["--auth"] : []);
        await using var host = Host(
            server, ("Security", security), ("CaFile", certificates.AuthorityFile), ("Username", logIn ? "otp" : null),
            ("Password", logIn ? Password : null));
        var delivery = Messages.To("someone@mail.example", Channel.Email);

        (await host.SendAsync(delivery)).ShouldBe(new SendOutcome.Accepted($"<{delivery.Delivery.Id:N}@otp.example>"));

        var mail = await server.SingleAsync();
        (mail.Sender, mail.Recipients.Single(), mail.Tls, mail.User).ShouldBe(
            ("codes@otp.example", "someone@mail.example", mode != "none", logIn ? "PLAIN" : null));
        foreach (var secret in new[] { Password, Base64($"\0otp\0{Password}"), Base64(Password), delivery.Text, "someone@mail.example" })
        {
            host.Logs.ShouldNotContain(l => l.Contains(secret));
        }
    }

    [Fact]
    public async Task It_logs_in_by_LOGIN_where_PLAIN_is_not_offered()
    {
        await using var server = await MailServer.StartAsync("none", null, "--auth", "--no-plain");
        await using var host = Host(server, ("Username", "otp"), ("Password", Password));

        (await host.SendAsync(Messages.To("someone@mail.example", Channel.Email))).ShouldBeOfType<SendOutcome.Accepted>();

        (await server.SingleAsync()).User.ShouldBe("LOGIN");
        host.Logs.ShouldNotContain(l => l.Contains(Password) || l.Contains(Base64(Password)));
    }

    [Fact]
    public async Task Its_headers_say_what_it_is()
    {
        var delivery = Messages.To("someone@mail.example", Channel.Email, from: "My \"Shop\"");
        var mail = await SendAsync(
            delivery, ("FromName", "{{from}} codes"), ("ReplyTo", "help@otp.example"), ("Subject", "Code for {{recipient}}"));

        var headers = mail.Text.Split("\r\n\r\n")[0].Split("\r\n");
        headers.ShouldContain("From: \"My \\\"Shop\\\" codes\" <codes@otp.example>");
        headers.ShouldContain("To: someone@mail.example");
        headers.ShouldContain("Reply-To: help@otp.example");
        headers.ShouldContain("Subject: Code for someone@mail.example");
        headers.ShouldContain($"Message-ID: <{delivery.Delivery.Id:N}@otp.example>");
        headers.ShouldContain("Auto-Submitted: auto-generated");
        headers.Count(h => h.StartsWith("Date: ", StringComparison.Ordinal) && h.EndsWith(" +0000", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_subject_of_any_script_arrives_whole()
    {
        var name = "Zoë 😀 " + new string('ж', 120);
        var mail = await SendAsync(
            Messages.To("someone@mail.example", Channel.Email, name: name), ("Subject", "Код: {{name}}"), ("FromName", "Ünï"));

        mail.Text.Split("\r\n\r\n")[0].ShouldAllBe(c => char.IsAscii(c));
        mail.Text.Split("\r\n").ShouldAllBe(l => l.Length <= 90);
        mail.Subject.ShouldBe($"Код: {name}");
        mail.Author.ShouldBe("Ünï <codes@otp.example>");
    }

    [Fact]
    public async Task The_id_in_the_servers_answer_is_the_deliverys_message_id()
    {
        await using var server = await MailServer.StartAsync();
        await using var host = Host(server);

        (await host.SendAsync(Messages.To("named@mail.example", Channel.Email))).ShouldBe(new SendOutcome.Accepted("4YzT2h1Wvc"));
    }

    [Fact]
    public async Task A_recipient_that_the_answer_quotes_is_no_message_id()
    {
        await using var server = await MailServer.StartAsync();
        await using var host = Host(server);
        var delivery = Messages.To("quoted1@mail.example", Channel.Email);

        (await host.SendAsync(delivery)).ShouldBe(new SendOutcome.Accepted($"<{delivery.Delivery.Id:N}@otp.example>"));
    }

    [Fact]
    public async Task A_line_break_in_a_value_makes_no_header()
    {
        var mail = await SendAsync(
            Messages.To("someone@mail.example", Channel.Email, name: "x\r\nBcc: evil@mail.example", from: "a\nX-Evil: 1"),
            ("Subject", "Hello {{name}}"), ("FromName", "{{from}}"));

        var headers = mail.Text.Split("\r\n\r\n")[0].Split("\r\n");
        headers.ShouldNotContain(h => h.StartsWith("Bcc") || h.StartsWith("X-Evil"));
        headers.ShouldContain("Subject: Hello x  Bcc: evil@mail.example");
        mail.Recipients.ShouldBe(["someone@mail.example"]);
    }

    [Theory]
    [InlineData(".\r\n..\r\n.leading\r\nQUIT\r\n.")]
    [InlineData("one\ntwo\rthree")]
    [InlineData("Ünïcode 😀 and a dot:\r\n.")]
    [InlineData("bell \u0007 and zero \0")]
    public async Task A_text_arrives_as_it_was(string text)
    {
        var mail = await SendAsync(Messages.To("someone@mail.example", Channel.Email, text: text));

        Body(mail.Text).ShouldBe(text.ReplaceLineEndings("\r\n"));
    }

    [Fact]
    public async Task A_line_that_is_too_long_for_mail_arrives_whole()
    {
        var text = new string('é', 1500);

        var mail = await SendAsync(Messages.To("someone@mail.example", Channel.Email, text: text));

        mail.Text.Split("\r\n").ShouldAllBe(l => Encoding.UTF8.GetByteCount(l) <= 998);
        Body(mail.Text).ShouldBe(text);
    }

    [Fact]
    public async Task A_server_without_8BITMIME_gets_seven_bits()
    {
        var mail = await SendAsync(Messages.To("someone@mail.example", Channel.Email, text: "Ünïcode"), flag: "--no-8bit");

        mail.Options.ShouldBeEmpty();
        mail.Content.ShouldAllBe(b => b < 128);
        Body(mail.Text).ShouldBe("Ünïcode");
    }

    [Fact]
    public async Task Html_stands_beside_the_text_with_its_values_encoded()
    {
        var mail = await SendAsync(
            Messages.To("someone@mail.example", Channel.Email, text: "Code <4711> & more", name: "<b>\"x\""),
            ("Html", "<p title=\"{{name}}\">{{text}}</p>"));

        mail.Text.ShouldContain("Content-Type: multipart/alternative; boundary=\"");
        var boundary = mail.Text.Split("boundary=\"")[1].Split('"')[0];
        var parts = mail.Text.Split("--" + boundary);
        parts.Length.ShouldBe(4);
        Body(parts[1]).ShouldBe("Code <4711> & more");
        parts[2].ShouldContain("Content-Type: text/html; charset=utf-8");
        Body(parts[2]).ShouldBe("<p title=\"&lt;b&gt;&quot;x&quot;\">Code &lt;4711&gt; &amp; more</p>");
        parts[3].ShouldStartWith("--");
    }

    [Fact]
    public async Task The_callers_own_subject_text_and_html_stand_for_the_templates()
    {
        var delivery = Messages.To(
            "someone@mail.example", Channel.Email,
            text: "Own text") with { Message = new("Own text", "Код 😀", "<b title=\"x\">own & <i>4711</i></b>") };

        var mail = await SendAsync(delivery, ("Subject", "Template"), ("Html", "<p>{{pin}}</p>"));

        mail.Subject.ShouldBe("Код 😀");
        var parts = mail.Text.Split("--" + mail.Text.Split("boundary=\"")[1].Split('"')[0]);
        Body(parts[1]).ShouldBe("Own text");
        Body(parts[2]).ShouldBe("<b title=\"x\">own & <i>4711</i></b>");
    }

    [Fact]
    public async Task The_callers_own_text_alone_gets_no_html_of_a_template()
    {
        var delivery = Messages.To("someone@mail.example", Channel.Email, text: "Own text") with { Message = new("Own text", "Hello") };

        var mail = await SendAsync(delivery, ("Html", "<p>{{pin}}</p>"));

        Body(mail.Text).ShouldBe("Own text");
        mail.Text.ShouldNotContain("text/html");
    }

    private static ProviderHost Host(MailServer server, params (string Key, string? Value)[] more) =>
        new(new Dictionary<string, string?> { ["Type"] = "smtp", ["Host"] = "localhost", ["Port"] = $"{server.Port}", ["Security"] = "None", ["From"] = "codes@otp.example" }
            .With(more).Where(k => k.Value is not null).ToDictionary());

    private static async Task<TakenMail> SendAsync(OutgoingDelivery delivery, params (string Key, string? Value)[] more) =>
        await SendAsync(delivery, "--auth-not", more);

    private static async Task<TakenMail> SendAsync(OutgoingDelivery delivery, string flag, params (string Key, string? Value)[] more)
    {
        await using var server = await MailServer.StartAsync("none", null, flag);
        await using var host = Host(server, more);
        (await host.SendAsync(delivery)).ShouldBeOfType<SendOutcome.Accepted>();
        return await server.SingleAsync();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>The body of a part as its reader sees it, without the line break at its end.</summary>
    private static string Body(string part)
    {
        var halves = part.Split("\r\n\r\n", 2);
        var body = halves[1].EndsWith("\r\n", StringComparison.Ordinal) ? halves[1][..^2] : halves[1];
        return halves[0].Contains("Content-Transfer-Encoding: base64") ? Encoding.UTF8.GetString(Convert.FromBase64String(body)) : body;
    }
}
