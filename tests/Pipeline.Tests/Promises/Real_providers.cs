using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

public sealed class Real_providers
{
    [Fact]
    public async Task Carry_an_SMS_over_HTTP_and_an_email_over_SMTP_and_tell_nothing_to_the_logs()
    {
        await using var outside = await Outside.StartAsync();
        await using var pipeline = await RunningPipeline.StartAsync(new() { Settings = SettingsFor(outside) });
        var (phone, email) = (Recipients.Next(), Recipients.NextEmail());

        var smsOtp = await pipeline.RequestAsync(new { phoneNumber = phone, template = "Code \"{{pin}}\" & more" });
        var emailOtp = await pipeline.RequestAsync(new { channel = "email", email, template = "Ihr Code für heute: {{pin}}" });
        var sms = (
            await Eventually.Get(
                async () => await Task.FromResult(
                    outside.SmsTo(phone)) is { Count: > 0 } all ? all : null, "the SMS is at the gateway")).Single();
        var mail = (
            await Eventually.Get(
                async () => await Task.FromResult(outside.MailsTo(email)) is { Count: > 0 } all ? all : null,
                "the e-mail is at the mail server")).Single();
        var smsPin = sms.Text.Split('"')[1];
        var mailBody = mail[(mail.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        var emailPin = Decoded(mail, mailBody).Split("heute: ")[1].Trim();

        sms.Text.ShouldBe($"Code \"{smsPin}\" & more");
        (await pipeline.Client.VerifyAsync(smsOtp, smsPin)).Text.ShouldBe("""{"status":"VERIFIED"}""");
        (await pipeline.Client.VerifyAsync(emailOtp, emailPin)).Text.ShouldBe("""{"status":"VERIFIED"}""");
        await pipeline.UntilDeliveryAsync(smsOtp, "SENT");
        await pipeline.UntilDeliveryAsync(emailOtp, "SENT");
        (await MessageIdAsync(pipeline, smsOtp)).ShouldBe($"gw-{sms.Reference}");
        var mailId = await MessageIdAsync(pipeline, emailOtp);
        mailId.ShouldEndWith("@otp.example>");
        mail.ShouldContain($"Message-ID: {mailId}\n");

        var logs = string.Concat(Directory.GetFiles(pipeline.Logs).Select(File.ReadAllText));
        foreach (var secret in new[] { phone, email, smsPin, emailPin, "planted-token" })
        {
            logs.ShouldNotContain(secret);
        }
    }

    private static string Decoded(string mail, string body) =>
        mail.Contains("Content-Transfer-Encoding: base64", StringComparison.Ordinal)
            ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(body))
            : body;

    private static Task<string> MessageIdAsync(RunningPipeline pipeline, Guid otpId) =>
        pipeline.Database.ScalarAsync<string>("SELECT provider_message_id FROM deliveries WHERE otp_id = $1", otpId);

    private static Dictionary<string, string> SettingsFor(Outside outside) => new(StringComparer.Ordinal)
    {
        ["Deliveries:Channels:sms:Provider"] = "gateway",
        ["Deliveries:Channels:email:Provider"] = "mail",
        ["Providers:gateway:Type"] = "http",
        ["Providers:gateway:Url"] = outside.GatewayUrl,
        ["Providers:gateway:Auth:Scheme"] = "bearer",
        ["Providers:gateway:Auth:Token"] = "planted-token",
        ["Providers:gateway:IdempotencyHeader"] = "Idempotency-Key",
        ["Providers:gateway:Body:Format"] = "json",
        ["Providers:gateway:Body:Template"] = """{"to":"{{recipient}}","text":"{{text}}"}""",
        ["Providers:gateway:MessageId:JsonPath"] = "$.id",
        ["Providers:mail:Type"] = "smtp",
        ["Providers:mail:Host"] = "127.0.0.1",
        ["Providers:mail:Port"] = $"{outside.MailPort}",
        ["Providers:mail:Security"] = "None",
        ["Providers:mail:From"] = "codes@otp.example",
    };
}
