using System.Text.Json;
using System.Xml.Linq;
using Microsoft.AspNetCore.WebUtilities;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Http;

public sealed class Writing_a_request
{
    private const string Number = "+33612246400";

    [Fact]
    public async Task Json_gives_every_value_back_as_it_was()
    {
        var got = await SendAsync(new()
        {
            ["Body:Format"] = "json",
            ["Body:Template"] = """{"to":"{{recipient}}","n":{{recipient.digits}},"msg":{"text":"{{text}}","by":{{name}}},"try":{{attempt}}}""",
        }, name: Messages.Hostile);

        got.ContentType.ShouldBe("application/json; charset=utf-8");
        var body = JsonDocument.Parse(got.Body).RootElement;
        body.GetProperty("to").GetString().ShouldBe(Number);
        body.GetProperty("n").GetInt64().ShouldBe(33612246400);
        body.GetProperty("try").GetInt32().ShouldBe(1);
        body.GetProperty("msg").GetProperty("text").GetString().ShouldBe(Messages.Hostile);
        body.GetProperty("msg").GetProperty("by").GetString().ShouldBe(Messages.Hostile);
    }

    [Fact]
    public async Task The_callers_own_subject_and_html_come_whole_and_are_empty_where_there_are_none()
    {
        const string Template = """{"subject":"{{subject}}","text":"{{text}}","html":"{{html}}"}""";
        await using var gateway = await HttpReceiver.StartAsync();
        await using var host = new ProviderHost(
            new Dictionary<string, string?> { ["Type"] = "http", ["Url"] = gateway.Url, ["Body:Format"] = "json", ["Body:Template"] = Template });

        await host.SendAsync(
            Messages.To(
                "a@mail.example", Channel.Email,
                text: "own") with { Message = new("own", Messages.Hostile, $"<p>{Messages.Hostile}</p>") });
        await host.SendAsync(Messages.To("a@mail.example", Channel.Email, text: "of the template"));

        var bodies = gateway.All.Select(r => JsonDocument.Parse(r.Body).RootElement).ToArray();
        Fields(bodies[0]).ShouldBe((Messages.Hostile, "own", $"<p>{Messages.Hostile}</p>"));
        Fields(bodies[1]).ShouldBe(("", "of the template", ""));

        static (string?, string?, string?) Fields(JsonElement body) =>
            (body.GetProperty("subject").GetString(), body.GetProperty("text").GetString(), body.GetProperty("html").GetString());
    }

    [Fact]
    public async Task A_form_gives_every_value_back_as_it_was()
    {
        var got = await SendAsync(new() { ["Body:Format"] = "form", ["Body:Template"] = "to={{recipient}}&text={{text}}&fixed=a+b" });

        got.ContentType.ShouldBe("application/x-www-form-urlencoded");
        var form = QueryHelpers.ParseQuery(got.Body);
        form["to"].ToString().ShouldBe(Number);
        form["text"].ToString().ShouldBe(Messages.Hostile);
        form["fixed"].ToString().ShouldBe("a b");
        form.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Xml_gives_every_value_back_as_it_was()
    {
        var got = await SendAsync(new()
        {
            ["Body:Format"] = "xml",
            ["Body:Template"] = """<?xml version="1.0" encoding="UTF-8"?><sms to="{{recipient}}" note="{{text}}"><text>{{text}}</text></sms>""",
        });

        got.ContentType.ShouldBe("application/xml; charset=utf-8");
        var sms = XDocument.Parse(got.Body, LoadOptions.PreserveWhitespace).Root!;
        sms.Attribute("to")!.Value.ShouldBe(Number);
        sms.Attribute("note")!.Value.ShouldBe(Messages.Hostile);
        sms.Element("text")!.Value.ShouldBe(Messages.Hostile);
    }

    [Fact]
    public async Task What_xml_cannot_hold_becomes_the_replacement_character()
    {
        var got = await SendAsync(new() { ["Body:Format"] = "xml", ["Body:Template"] = "<t>{{text}}</t>" }, text: "a\u0001b\ud800c");

        XDocument.Parse(got.Body).Root!.Value.ShouldBe("a\uFFFDb\uFFFDc");
    }

    [Fact]
    public async Task Text_is_the_text()
    {
        var got = await SendAsync(new() { ["Body:Format"] = "text", ["Body:Template"] = "{{recipient}} {{text}}" });

        got.ContentType.ShouldBe("text/plain; charset=utf-8");
        got.Body.ShouldBe($"{Number} {Messages.Hostile}");
    }

    [Fact]
    public async Task A_query_gives_every_value_back_as_it_was()
    {
        var got = await SendAsync(
            new() { ["Method"] = "GET", ["Body:Format"] = "query", ["Body:Template"] = "to={{recipient}}&text={{text}}&pw={{secret.pw}}", ["Secrets:pw"] = "p&w=%" }, path: "/send?v=1");

        got.Method.ShouldBe("GET");
        got.Body.ShouldBeEmpty();
        var query = QueryHelpers.ParseQuery(got.Target[got.Target.IndexOf('?')..]);
        query["v"].ToString().ShouldBe("1");
        query["to"].ToString().ShouldBe(Number);
        query["text"].ToString().ShouldBe(Messages.Hostile);
        query["pw"].ToString().ShouldBe("p&w=%");
    }

    [Fact]
    public async Task A_value_in_the_path_stays_one_segment()
    {
        var got = await SendAsync(new(), path: "/to/{{from}}/{{text}}/end", from: "../a");

        got.Target.ShouldBe($"/to/..%2Fa/{Uri.EscapeDataString(Messages.Hostile)}/end");
    }

    [Fact]
    public async Task Headers_carry_values_of_any_script()
    {
        var got = await SendAsync(
            new() { ["Headers:X-Sender"] = "{{from}} / {{name}}", ["Headers:X-Key"] = "key {{secret.k}}", ["Secrets:k"] = "s3" },
            name: "Zoë 😀");

        got.Headers["X-Sender"].ShouldBe("Tests / Zoë 😀");
        got.Headers["X-Key"].ShouldBe("key s3");
    }

    [Fact]
    public async Task A_line_break_cannot_make_a_header()
    {
        await using var gateway = await HttpReceiver.StartAsync();
        await using var host = new ProviderHost(
            new Dictionary<string, string?> { ["Type"] = "http", ["Url"] = gateway.Url, ["Headers:X-Name"] = "{{name}}" });

        (await host.SendAsync(Messages.To(Number, name: "a\r\nX-Evil: 1"))).ShouldBe(new SendOutcome.Refused("not_sendable"));

        gateway.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_idempotency_header_is_the_delivery()
    {
        await using var gateway = await HttpReceiver.StartAsync();
        await using var host = new ProviderHost(
            new Dictionary<string, string?> { ["Type"] = "http", ["Url"] = gateway.Url, ["IdempotencyHeader"] = "Idempotency-Key" });
        var delivery = Messages.To(Number);

        await host.SendAsync(delivery);

        gateway.Single.Headers["Idempotency-Key"].ShouldBe(delivery.Delivery.Id.ToString());
    }

    public static TheoryData<string, string, string> Credentials => new()
    {
        { "basic", "Authorization", "Basic " + Convert.ToBase64String("otp:s3 {{pin}}"u8) },
        { "bearer", "Authorization", "Bearer s3 {{pin}}" },
        { "header", "X-Token", "s3 {{pin}}" },
    };

    [Theory]
    [MemberData(nameof(Credentials))]
    public async Task Credentials_go_into_their_header(string scheme, string header, string value)
    {
        var got = await SendAsync(new()
        {
            ["Auth:Scheme"] = scheme,
            ["Auth:Username"] = "otp",
            [scheme == "basic" ? "Auth:Password" : "Auth:Token"] = "s3 {{pin}}",
            ["Auth:Name"] = "X-Token",
        });

        got.Headers[header].ShouldBe(value);
    }

    [Fact]
    public async Task Credentials_of_the_query_are_read_from_their_file()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, "t&k=1\n");
        try
        {
            var got = await SendAsync(new() { ["Auth:Scheme"] = "query", ["Auth:Name"] = "api key", ["Auth:TokenFile"] = file });

            QueryHelpers.ParseQuery(got.Target[got.Target.IndexOf('?')..])["api key"].ToString().ShouldBe("t&k=1");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Nothing_of_our_traces_goes_along()
    {
        using var listener = new System.Diagnostics.ActivityListener { ShouldListenTo = _ => true, Sample = (ref _) => System.Diagnostics.ActivitySamplingResult.AllData };
        System.Diagnostics.ActivitySource.AddActivityListener(listener);

        var got = await SendAsync(new());

        got.Headers.ContainsKey("traceparent").ShouldBeFalse();
    }

    private static async Task<ReceivedRequest> SendAsync(
        Dictionary<string, string?> keys, string path = "/send", string text = Messages.Hostile, string from = "Tests", string? name = null)
    {
        await using var gateway = await HttpReceiver.StartAsync();
        await using var host = new ProviderHost(keys.With(("Type", "http"), ("Url", gateway.Url + path)));
        (await host.SendAsync(Messages.To(Number, text: text, from: from, name: name))).ShouldBe(new SendOutcome.Accepted(null));
        host.Logs.ShouldNotContain(l => l.Contains("4711") || l.Contains("s3"));
        return gateway.Single;
    }
}
