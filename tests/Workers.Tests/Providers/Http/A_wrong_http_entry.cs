using OtpPipeline.Hosting.Providers.Signatures;
using OtpPipeline.Workers.Providers.Registration;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Http;

public sealed class A_wrong_http_entry
{
    private static readonly Dictionary<string, string?> Right = new()
    {
        ["Type"] = "http",
        ["Url"] = "https://gateway.example/send",
        ["Body:Format"] = "json",
        ["Body:Template"] = """{"to":"{{recipient}}","text":"{{text}}"}""",
    };

    /// <summary>A key, its value, and the begin of the sentence.</summary>
    public static TheoryData<string, string, string> Wrong => new()
    {
        { "Type", "ftp", "Type must be http, smtp, a preset (" },
        { "Typo", "x", "Typo is no key here: there are Type, Method, Url," },
        { "Body:Templat", "x", "Body:Templat is no key here: there are Format," },
        { "Refusals:0:Statu", "x", "Refusals:0:Statu is no key here:" },
        { "Success", "200", "Success holds keys of its own, no value." },
        { "Url:Host", "x", "Url holds one value, no keys." },
        { "Method", "DELETE", "Method must be POST, PUT, PATCH or GET." },
        { "Url", "", "Url is missing" },
        { "Url", "gateway.example/send", "Url must be an absolute address" },
        { "Url", "ftp://gateway.example/send", "Url must be an absolute address" },
        { "Url", "https://gateway.example/a b", "Url must be an absolute address" },
        { "Url", "https://u:p@gateway.example/", "Url may hold no credentials" },
        { "Url", "https://gateway.example/#x", "Url may hold no fragment." },
        { "Url", "https://gateway.example:0/", "Url must be an absolute address" },
        { "Url", "http://gateway.example/", "Url is http:// to gateway.example: PINs would cross the network in clear. Use https://, " +
            "name" },
        { "Url", "http://10.0.0.1/", "Url is http:// to 10.0.0.1: PINs would cross the network in clear." },
        { "Url", "http://localhost.example/", "Url is http:// to localhost.example: PINs would cross the network in clear." },
        { "PlainHttpNetworks:0", "10.0.0.1", "PlainHttpNetworks:0 must be a network in CIDR form" },
        { "AllowPlainHttp:0", "true", "AllowPlainHttp holds one value, no keys." },
        { "Proxy", "http://proxy:0", "Proxy must be of the form http://host:port." },
        { "Url", "https://{{from}}.example/", "Url may have placeholders in its path and query only." },
        { "Url", "https://gateway.example/{{name}}", "Url may have {{name}} in its query only." },
        { "Url", "https://gateway.example/{{phone}}", "Url uses {{phone}}, which is no placeholder: there are recipient," },
        { "Body:Format", "yaml", "Body:Format must be json, form, xml, text, query." },
        { "Body:Template", "", "Body:Template is missing." },
        { "Body:Template", "{\"to\":\"{{recipient}\"", "Body:Template has a placeholder that begins with {{ and does not end." },
        { "Body:Template", "{\"to\":\"{{secret.key}}\"}", "Body:Template uses {{secret.key}}, which is no placeholder" },
        { "Body:Template", "{\"to\":\"{{recipient}}\"", "Body:Template is no json once its placeholders are filled in." },
        { "Body:TemplateFile", "/nowhere/at/all", "Body:TemplateFile and Body:Template are both set" },
        { "Body:ContentType", "json", "Body:ContentType is no content type." },
        { "Headers:Content-Length", "1", "Headers:Content-Length is a header that is written anyway" },
        { "Headers:X Y", "1", "Headers:X Y is no name of a header." },
        { "Headers:X-Y", "1\r\n2", "Headers:X-Y has a control character in it." },
        { "Headers:X-Y", "{{nobody}}", "Headers:X-Y uses {{nobody}}" },
        { "IdempotencyHeader", "Idempotency Key", "IdempotencyHeader is no name of a header." },
        { "Auth:Scheme", "digest", "Auth:Scheme must be aws, basic, bearer, header, query or vonage-jwt." },
        { "Auth:Scheme", "bearer", "Auth:Token is missing." },
        { "Auth:Scheme", "aws", "Auth:Username is missing." },
        { "Auth:Scheme", "aws", "Auth:Region is missing." },
        { "Auth:Scheme", "aws", "Auth:Service is missing." },
        { "Auth:Scheme", "vonage-jwt", "Auth:Token is missing." },
        { "SecretFiles:key", "/nowhere/at/all", "SecretFiles:key names a file that cannot be read." },
        { "Success:Status", "2x", "Success:Status must be a list of statuses" },
        { "Success:Status", "200,299-200", "Success:Status must be a list of statuses" },
        { "Success:BodyMatches", "(", "Success:BodyMatches is no regular expression." },
        { "Success:BodyMatches", "(?=a)", "Success:BodyMatches uses lookarounds or back references" },
        { "Success:JsonPath", "$..a", "Success:JsonPath must be a path such as" },
        { "Success:JsonEquals", "0", "Success:JsonEquals needs JsonPath beside it." },
        { "Success:JsonIn", "0", "Success:JsonIn needs JsonPath beside it." },
        { "Success:JsonPath", "$.a[**]", "Success:JsonPath must be a path such as" },
        { "RetryAfter", "$..wait", "RetryAfter must be a path such as" },
        { "Body:Fields:to", "{{recipient}}", "Body:Fields is for the formats form and query." },
        { "Body:Template", """{"to":"{{recipient|digit}}"}""", "Body:Template uses the filter digit, which does not exist: there are" },
        { "Body:Template", """{"to":"{{receiptUrl}}"}""", "Body:Template uses {{receiptUrl}}, which is no placeholder" },
        { "Receipt:Status", "state", "Receipt:Statuses is missing: say which of the provider's words mean DELIVERED and UNDELIVERED." },
        { "Receipt:Status", "state", $"Receipt:Signature:Scheme must be {SignatureSchemes.Names}." },
        { "Receipt:Status", "state", "Type names a provider that sends receipts, and Api:PublicUrl is missing" },
        { "Receipt:Items", "$.a[", "Receipt:Items must be the name of a field, or a path such as" },
        { "Receipt:Items", "$.a", "Receipt:Status is missing: give the path to the provider's status." },
        { "Receipt:Statuses:a:b", "SENT", "Receipt:Statuses:a holds one value, no keys." },
        { "Receipt:Signature:Scheme", "twilio", "Receipt:Signature:Secret is missing: name the setting, or the entry of Secrets," },
        { "Receipt:Signature:Scheme", "basic", "Receipt:Signature:Secret is missing: name the setting, or the entry of Secrets," },
        { "Receipt:Signature:Scheme", "none", "Receipt:Signature:Scheme is none, and the request holds no {{receiptUrl}}: put it into" },
        { "Script:Secret", "key", "Script:Template is missing: give the XML that says what the call says." },
        { "Script:Secret", "key", "Script:Secret names no setting and no entry of Secrets." },
        { "Script:Template", "<Response>{{text}}", "Script:Template is no xml once its placeholders are filled in." },
        { "Feedback:Url", "ftp://gateway.example/", "Feedback:Url must be an absolute address" },
        { "Feedback:Url", "https://gateway.example/", "Feedback:Verified is missing." },
        { "Feedback:Url", "http://gateway.example/", "Feedback:Url is http:// to gateway.example: credentials would cross the network in" },
        { "Feedback:Enabled", "yes", "Feedback:Enabled must be true, false or {{setting.NAME}}." },
        { "Feedback:Enabled", "{{setting.x}}", "Feedback:Enabled uses {{setting.x}}, which is no placeholder" },
        { "Feedback:Refusals:0:Status", "404", "Feedback:Refusals:0:As must be recipient, provider, throttled or unknown." },
        { "Maps:m:a:b", "1", "Maps:m:a holds one value, no keys." },
        { "MessageId:JsonPath", "a[", "MessageId:JsonPath must be a path such as" },
        { "Refusals:0:Reason", "Not Snake", "Refusals:0 fits every answer: give Status" },
        { "Proxy", "proxy:3128", "Proxy must be of the form http://host:port." },
        { "CaFile", "/nowhere/at/all", "CaFile names a file that cannot be read." },
        { "ConnectTimeout", "00:02:00", "ConnectTimeout must be between 00:00:00.1" },
    };

    [Theory]
    [InlineData("basic", "Username is missing: name the setting, or the entry of Secrets, that holds the user name.")]
    [InlineData("header", "Name is missing: give the name of the header that holds the secret.")]
    [InlineData("query", "Name is missing: give the name of the parameter that holds the secret.")]
    public void Whose_receipts_repeat_a_secret_nowhere_stops_the_host(string scheme, string sentence) =>
        ProviderHost.Refusals(Right.With(
                ("Api:PublicUrl", "https://otp.example"), ("Receipt:Signature:Scheme", scheme), ("Receipt:Signature:Secret", "key"),
                ("Receipt:Status", "state"), ("Receipt:Statuses:arrived", "DELIVERED")))
            .ShouldBe([$"Providers:tested:Receipt:Signature:{sentence}"]);

    [Fact]
    public void Is_not_this_one() => ProviderHost.Refusals(Right).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Stops_the_host_with_a_sentence_that_names_the_key(string key, string value, string sentence) =>
        ProviderHost.Refusals(Right.With((key, value))).ShouldContain(s => s.StartsWith($"Providers:tested:{sentence}"));

    [Theory]
    [InlineData("http://127.0.0.9:8080/", null, null)]
    [InlineData("http://[::1]/", null, null)]
    [InlineData("http://localhost/", null, null)]
    [InlineData("http://gateway.example/", "AllowPlainHttp", "true")]
    [InlineData("http://10.1.2.3/", "PlainHttpNetworks:0", "10.1.0.0/16")]
    [InlineData("http://gateway.example/", "PlainHttpNetworks:0", "10.1.0.0/16")]
    public void Is_not_one_over_plain_HTTP_where_that_stays_here_or_is_allowed(string url, string? key, string? value) =>
        ProviderHost.Refusals(Right.With([("Url", url), .. key is null ? [] : new[] { (key, value) }])).ShouldBeEmpty();

    [Theory]
    [InlineData("Headers:X-Callback", "{{receiptUrl}}", true)]
    [InlineData("Headers:X-Callback", "{{receiptUrl|append:?status=%d}}", true)]
    [InlineData("Headers:X-Callback", "https://otp.example/r/{{receiptToken}}", true)]
    [InlineData("Headers:X-Reference", "{{receiptToken}}", false)]
    [InlineData("Url", "https://gateway.example/send?callback={{receiptUrl}}", true)]
    [InlineData("Body:Template", "{\"callback\":\"{{receiptUrl}}\"}", true)]
    [InlineData("Receipts", "false", true)]
    public void Unsigned_receipts_need_the_secret_address_in_the_request(string key, string value, bool starts) =>
        ProviderHost.Refusals(Right.With(
                ("Api:PublicUrl", "https://otp.example"), ("Receipt:Signature:Scheme", "none"), ("Receipt:Status", "state"),
                ("Receipt:Statuses:a", "DELIVERED"), (key, value)))
            .Select(s => s[..s.IndexOf(' ', StringComparison.Ordinal)])
            .ShouldBe(starts ? [] : ["Providers:tested:Receipt:Signature:Scheme"]);

    [Fact]
    public void A_proxy_makes_plain_HTTP_leave_this_machine() =>
        ProviderHost.Refusals(Right.With(("Url", "http://127.0.0.1/"), ("Proxy", "http://127.0.0.1:3128")))
            .ShouldHaveSingleItem().ShouldStartWith("Providers:tested:Url is http:// and Proxy is set");

    [Fact]
    public void A_refusal_says_what_it_means_in_one_of_four_words() =>
        ProviderHost.Refusals(Right.With(("Refusals:0:Status", "500"), ("Refusals:0:As", "maybe")))
            .ShouldBe(["Providers:tested:Refusals:0:As must be recipient, provider, throttled or unknown."]);

    [Theory]
    [InlineData("final", "write recipient where no provider could reach the recipient, or provider where another one can.")]
    [InlineData("transient", "write provider.")]
    public void An_old_word_for_a_refusal_is_answered_with_the_new_one(string word, string advice) =>
        ProviderHost.Refusals(Right.With(("Refusals:0:Status", "500"), ("Refusals:0:As", word)))
            .ShouldBe([$"Providers:tested:Refusals:0:As is {word}: {advice}"]);

    [Fact]
    public void The_reason_of_a_refusal_is_a_code() =>
        ProviderHost.Refusals(Right.With(("Refusals:0:Status", "500"), ("Refusals:0:As", "recipient"), ("Refusals:0:Reason", "Not Snake")))
            .ShouldBe(["Providers:tested:Refusals:0:Reason must be in lower snake case, with at most 64 characters."]);

    [Fact]
    public void A_message_id_is_in_one_place() =>
        ProviderHost.Refusals(Right.With(("MessageId:Header", "X"), ("MessageId:Regex", "x")))
            .ShouldBe(["Providers:tested:MessageId needs one of JsonPath, Regex and Header."]);

    [Fact]
    public void A_secret_is_in_one_place() =>
        ProviderHost.Refusals(Right.With(("Auth:Scheme", "bearer"), ("Auth:Token", "s3cret"), ("Auth:TokenFile", "/nowhere")))
            .ShouldBe(
                [
                    "Providers:tested:Auth:TokenFile and Auth:Token are both set: keep one of them.",
                    "Providers:tested:Auth:Token is missing."]);

    [Theory]
    [InlineData("xml", "<a><![CDATA[{{text}}]]></a>", "has {{text}} where xml can hold no value.")]
    [InlineData("xml", "<a><!-- {{text}} --></a>", "has {{text}} where xml can hold no value.")]
    [InlineData("xml", "<{{text}}/>", "is no xml once its placeholders are filled in.")]
    public void A_template_holds_its_values_where_they_come_out_whole(string format, string template, string sentence) =>
        ProviderHost.Refusals(Right.With(("Body:Format", format), ("Body:Template", template)))
            .ShouldBe([$"Providers:tested:Body:Template {sentence}"]);

    [Fact]
    public void A_get_has_no_body() =>
        ProviderHost.Refusals(Right.With(("Method", "GET")))
            .ShouldBe(["Providers:tested:Body:Format must be query where Method is GET, which has no body."]);

    [Fact]
    public void The_sandbox_is_no_name_of_an_entry()
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { ["Providers:Sandbox:Type"] = "http", ["Providers:Sandbox:Url"] = "https://a/" };
        var services = new Microsoft.Extensions.DependencyInjection.ServiceCollection();
        OtpPipeline.Workers.Providers.Registration.ConfiguredProviders.AddConfiguredProviders(services, configuration);

        services.Select(s => s.ImplementationInstance).OfType<OtpPipeline.Workers.Providers.Registration.ProviderProblems>().Single()
            .Sentences.ShouldHaveSingleItem().ShouldStartWith("Providers:Sandbox:Type belongs to an entry whose name");
    }
}
