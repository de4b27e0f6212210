using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;
using OtpPipeline.Hosting.Providers.Signatures;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>The libraries of SendGrid, Mailgun and Postmark for Node beside the presets.</summary>
public sealed class E_mail_providers_and_their_libraries
{
    private const string Recipient = "someone@example.com";
    private const string Text = "Your code is 4711\n& <b> \"ü\" + 😀";
    private const string Html = "<p title=\"a&amp;b\">4711 ü 😀</p>";
    private const string Author = "\"Shop, \\\"Ü\\\"\" <codes@otp.example>";

    private static readonly Dictionary<string, string?> Keys = new()
    {
        ["From"] = "codes@otp.example", ["FromName"] = "{{from}}", ["ReplyTo"] = "help@otp.example",
        ["Api:PublicUrl"] = PresetSample.PublicUrl,
    };

    [Fact]
    public async Task Send_the_same_messages_as_the_presets()
    {
        ProviderLibraries.Require();
        await using var server = await HttpReceiver.StartAsync(AnswerAsync);
        (string Preset, (string, string?)[] Settings)[] entries =
        [
            ("sendgrid", [("ApiKey", "SG.key")]),
            ("mailgun", [("ApiKey", "key"), ("Domain", "mg.otp.example")]),
            ("postmark", [("ServerToken", "token")]),
        ];

        foreach (var (preset, settings) in entries)
        {
            await using var host = new ProviderHost(Keys.With([("Type", preset), ("BaseUrl", server.Url), .. settings]));
            var message = Messages.To(Recipient, text: Text, from: "Shop, \"Ü\"");
            await host.SendAsync(message with
            {
                Message = new CallerMessage(Text, "Code: ü & 😀", Html), ReceiptToken = PresetSample.Token,
            });
        }

        await ProviderLibraries.RunAsync("email-send", Theirs(server.Url));

        var sent = server.All.ToLookup(r => r.Target);
        sent.Select(s => s.Key).ShouldBe(["/v3/mail/send", "/v3/mg.otp.example/messages", "/email"]);
        foreach (var pair in sent)
        {
            var (ours, theirs) = (pair.First(), pair.Last());
            pair.Count().ShouldBe(2);
            ours.Method.ShouldBe(theirs.Method);
            ours.Headers.GetValueOrDefault("Authorization").ShouldBe(theirs.Headers.GetValueOrDefault("Authorization"));
            ours.Headers.GetValueOrDefault("X-Postmark-Server-Token").ShouldBe(theirs.Headers.GetValueOrDefault("X-Postmark-Server-Token"));
            if (ours.ContentType!.Contains("json"))
            {
                JsonNode.DeepEquals(JsonNode.Parse(ours.Body), JsonNode.Parse(theirs.Body)).ShouldBeTrue($"{ours.Body}\n{theirs.Body}");
            }
            else
            {
                // The library sends a form in parts; Mailgun takes both kinds.
                PresetSample.Pairs(ours.Body).ShouldBe(await PartsAsync(theirs));
            }
        }
    }

    [Fact]
    public async Task Sign_what_we_believe_and_believe_what_we_do()
    {
        ProviderLibraries.Require();
        (string Time, string Body)[] cases =
            [("1795780800", "[]"), ("1795780800", "[{\"event\":\"delivered\",\"n\":\"ü 😀\"}]\r\n"), ("", "")];
        var signed = await ProviderLibraries.RunAsync(
            "sendgrid-sign", new { cases = cases.Select(c => new { time = c.Time, body = c.Body }) });
        var key = signed["key"]!.GetValue<string>();
        var signatures = signed["signatures"]!.AsArray().Select(s => s!.GetValue<string>()).ToList();
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ownKey = Convert.ToBase64String(own.ExportSubjectPublicKeyInfo());
        List<(string Key, string Time, string Body, string Signature)> all = [];
        foreach (var ((time, body), i) in cases.Select((c, i) => (c, i)))
        {
            var mine = Convert.ToBase64String(own.SignData(
                Encoding.UTF8.GetBytes(time + body), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
            all.AddRange(
                (key, time, body, signatures[i]), (ownKey, time, body, mine), (ownKey, time, body, signatures[i]),
                (key, time, body + " ", signatures[i]), (key, time + "0", body, signatures[i]),
                (key, time, body, signatures[(i + 1) % cases.Length]));
        }

        var ours = all.Select(c => Believed(c.Key, c.Time, c.Body, c.Signature)).ToList();
        var theirs = await ProviderLibraries.RunAsync(
            "sendgrid-check", all.Select(c => new { key = c.Key, time = c.Time, body = c.Body, signature = c.Signature }));

        ours.ShouldBe(theirs.AsArray().Select(b => b!.GetValue<bool>()));
        ours.Count(b => b).ShouldBe(2 * cases.Length);
    }

    private static object Theirs(string url) => new
    {
        url,
        sendgrid = new
        {
            key = "SG.key",
            message = new
            {
                to = Recipient, from = new { email = "codes@otp.example", name = "Shop, \"Ü\"" }, replyTo = "help@otp.example",
                subject = "Code: ü & 😀", text = Text, html = Html,
                headers = new Dictionary<string, string> { ["Auto-Submitted"] = "auto-generated" },
                customArgs = new { receipt = PresetSample.Token },
                trackingSettings = new
                {
                    clickTracking = new { enable = false, enableText = false }, openTracking = new { enable = false },
                    subscriptionTracking = new { enable = false },
                },
            },
        },
        mailgun = new
        {
            key = "key", domain = "mg.otp.example",
            message = new Dictionary<string, string>
            {
                ["from"] = Author, ["to"] = Recipient, ["subject"] = "Code: ü & 😀", ["text"] = Text, ["html"] = Html,
                ["h:Reply-To"] = "help@otp.example", ["h:Auto-Submitted"] = "auto-generated", ["o:tracking"] = "no",
                ["o:tracking-clicks"] = "no", ["o:tracking-opens"] = "no", ["v:receipt"] = PresetSample.Token,
            },
        },
        postmark = new
        {
            token = "token",
            message = new
            {
                From = Author, To = Recipient, ReplyTo = "help@otp.example", Subject = "Code: ü & 😀", TextBody = Text, HtmlBody = Html,
                MessageStream = "outbound", Headers = new[] { new { Name = "Auto-Submitted", Value = "auto-generated" } },
                Metadata = new { receipt = PresetSample.Token }, TrackOpens = false, TrackLinks = "None",
            },
        },
    };

    private static async Task AnswerAsync(HttpContext context)
    {
        var (status, body) = context.Request.Path.Value switch
        {
            "/v3/mail/send" => (202, ""),
            "/email" => (200, """{"ErrorCode":0,"MessageID":"m-1","Message":"OK"}"""),
            _ => (200, """{"id":"<m-1@mg.otp.example>","message":"Queued. Thank you."}"""),
        };
        context.Response.StatusCode = status;
        context.Response.Headers["X-Message-Id"] = "m-1";
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    private static bool Believed(string key, string time, string body, string signature)
    {
        var request = new ReceiptRequest(
            "POST", new($"{PresetSample.PublicUrl}/r/providers/tested"),
            [
                new("X-Twilio-Email-Event-Webhook-Signature", signature), new("X-Twilio-Email-Event-Webhook-Timestamp", time),
                new("Content-Type", "application/json"),
            ],
            Encoding.UTF8.GetBytes(body));
        return new SendGridSignature(key).IsAuthentic(request, ReceiptFields.Read(request), PresetSample.Now.UtcDateTime);
    }

    private static async Task<List<string>> PartsAsync(ReceivedRequest request)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType!).Boundary).Value!;
        var reader = new MultipartReader(boundary, new MemoryStream(request.Content));
        List<string> parts = [];
        while (await reader.ReadNextSectionAsync() is { } part)
        {
            var name = ContentDispositionHeaderValue.Parse(part.ContentDisposition!).Name.Value!.Trim('"');
            parts.Add($"{name}={(await new StreamReader(part.Body).ReadToEndAsync()).ReplaceLineEndings("\n")}");
        }

        return [.. parts.Order(StringComparer.Ordinal)];
    }
}
