using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Hosting.Providers.Presets;
using OtpPipeline.Hosting.Providers.Receipts;
using OtpPipeline.Hosting.Providers.Signatures;
using OtpPipeline.Workers.Providers.Registration;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

public sealed class A_wrong_preset_entry
{
    private const string Sid = "AC0123456789abcdef0123456789abcdef";

    private static readonly Dictionary<string, string?> Right = new()
    {
        ["Api:PublicUrl"] = "https://otp.example",
        ["Type"] = "twilio-sms",
        ["AccountSid"] = Sid,
        ["AuthToken"] = "s3cret",
        ["From"] = "+12025550123",
    };

    /// <summary>A key, its value, and the begin of the sentence.</summary>
    public static TheoryData<string, string?, string> Wrong => new()
    {
        { "Type", "twilio", $"Type must be http, smtp, a preset ({string.Join(", ", PresetSample.Names)}), or the path of a preset's " +
            "file." },
        { "Type", "/nowhere/mine.json", "Type names a file that cannot be read." },
        { "AccountSid", null, "AccountSid is missing." },
        { "AccountSid", "0123", "AccountSid must be an account SID: AC and 32 hexadecimal digits." },
        { "AccountSid", $"{Sid}\n", "AccountSid must be an account SID" },
        { "AuthToken", null, "AuthToken is missing: give it, or the file that holds it in AuthTokenFile." },
        { "AuthTokenFile", "/nowhere/at/all", "AuthTokenFile and AuthToken are both set: keep one of them." },
        { "From", null, "From or MessagingServiceSid must be given, and only one of them." },
        { "MessagingServiceSid", "MG0123456789abcdef0123456789abcdef", "From or MessagingServiceSid must be given, and only one of them." },
        { "From", "{{nobody}}", "From uses {{nobody}}, which is no placeholder: there are recipient," },
        { "ProvideFeedback", "yes", "ProvideFeedback must be true or false." },
        { "BaseUrl", "https://api.twilio.com/", "BaseUrl must be an address without a path" },
        { "BaseUrl", "http://api.example", "Url is http:// to api.example: PINs would cross the network in clear." },
        { "AcountSid", Sid, "AcountSid is no key here: there are AccountSid, AuthToken, AuthTokenFile, From, MessagingServiceSid, " +
            "ProvideFeedback, BaseUrl, Type," },
        { "Body:Format", "json", "Body belongs to the preset: copy its file, change it there, and set Type to the path of your file." },
        { "Refusals:0:As", "throttled", "Refusals belongs to the preset" },
        { "Api:PublicUrl", null, "Type names a provider that sends receipts, and Api:PublicUrl is missing: set it to the address at which " +
            "the provider reaches the Api, in both hosts, or set Providers:tested:Receipts to false." },
    };

    [Fact]
    public void Is_not_this_one() => ProviderHost.Refusals(Right).ShouldBeEmpty();

    [Fact]
    public void Is_not_one_without_receipts_and_without_an_address_for_them() =>
        ProviderHost.Refusals(Right.With(("Api:PublicUrl", null), ("Receipts", "false"))).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Stops_the_host_with_a_sentence_that_names_the_key(string key, string? value, string sentence) =>
        ProviderHost.Refusals(Right.With((key, value))).ShouldHaveSingleItem().ShouldStartWith($"Providers:tested:{sentence}");

    [Theory]
    [InlineData("{", "is no preset")]
    [InlineData("""{"Url":"https://gateway.example/"}""", "it has no object Preset")]
    [InlineData("""{"Preset":{"Setings":{}}}""", "Setings")]
    public void Of_a_file_that_is_no_preset_stops_the_host(string text, string sentence) =>
        Of(text, refusals => refusals.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            s => s.ShouldStartWith("Providers:tested:Type names a file that is no preset: "), s => s.ShouldContain(sentence)));

    [Fact]
    public void Of_a_file_with_wrong_keys_stops_the_host() =>
        Of(
            """
            {"Preset":{},"Url":"https://gateway.example/",
             "Body":{"Format":"form","Fields":{"xml":"<a>{{text}}</a>","to":"{{recipient|digit}}"}},
             "Receipt":{"Signature":{"Scheme":"hmac"},"Status":"state","Statuses":{"a":"ARRIVED"},"Reasons":{"1":"Not Snake"}},
             "Feedback":{"Url":"https://gateway.example/{{pin}}","Verified":"yes"}}
            """,
            refusals => refusals.ShouldBe(
                [
                    "Providers:tested:Body:Fields:to uses the filter digit, which does not exist: there are digits, plus, spell, quoted, " +
                        "xml, json, bare, append, then, else, or, atLeast, atMost, map, among.",
                    "Providers:tested:Body:Fields:xml is no xml once its placeholders are filled in: add the filter xml to each.",
                    "Providers:tested:Receipt:Statuses:a must be SENT, DELIVERED, READ or UNDELIVERED.",
                    "Providers:tested:Receipt:Statuses is missing: say which of the provider's words mean DELIVERED and UNDELIVERED.",
                    "Providers:tested:Receipt:Reasons:1 must be in lower snake case, with at most 64 characters.",
                    $"Providers:tested:Receipt:Signature:Scheme must be {SignatureSchemes.Names}.",
                    "Providers:tested:Feedback:Url uses {{pin}}, which is no placeholder: there are messageId, outcome, endedAt.",
                ]));

    [Fact]
    public void For_a_channel_that_the_preset_does_not_serve_stops_the_host()
    {
        var entries = ProviderHost.Configuration(Right);
        foreach (var services in Hosts(entries))
        {
            services.Configure<DeliveryOptions>(o =>
            {
                o.Channels["email"] = new() { Provider = ProviderHost.Name };
                o.Channels["call"] = new() { Routes = { new() { Name = "calls", Providers = { ProviderHost.Name } } } };
            });
            using var host = services.BuildServiceProvider();

            Should.Throw<OptionsValidationException>(() => host.GetRequiredService<IOptions<DeliveryOptions>>().Value)
                .Failures.ShouldBe(
                    [
                        "Deliveries:Channels:email:Provider names \"tested\", which serves the channel sms only.",
                        "Deliveries:Channels:call:Routes:0 names \"tested\", which serves the channel sms only.",
                    ],
                    ignoreOrder: true);
        }
    }

    [Fact]
    public void Named_twice_in_the_environment_stops_the_host() =>
        ProviderEntries.NamedTwice(
                ["Providers__twilio__Type", "Providers__Twilio__AccountSid", "PROVIDERS__twilio__From", "Other__a", "PATH"])
            .ShouldBe(["Providers:twilio is there twice, as twilio and Twilio: names of entries differ in more than case."]);

    [Theory]
    [InlineData("AppSecret", "AppSecret is missing: give it, or the file that holds it in AppSecretFile.")]
    [InlineData("VerifyToken", "VerifyToken is missing: give it, or the file that holds it in VerifyTokenFile.")]
    public void Without_the_secrets_of_receipts_stops_the_Api_and_not_the_Workers(string missing, string sentence)
    {
        var keys = PresetSample.Of("whatsapp-cloud").Keys().With((missing, null), ("Api:PublicUrl", "https://otp.example"));

        ProviderHost.RefusalsOfTheApi(keys).ShouldBe([$"Providers:tested:{sentence}"]);
        ProviderHost.Refusals(keys).ShouldBeEmpty();
    }

    [Fact]
    public void Without_the_secrets_of_sending_stops_the_Workers_and_not_the_Api()
    {
        var keys = PresetSample.Of("whatsapp-cloud").Keys().With(("Token", null), ("Api:PublicUrl", "https://otp.example"));

        ProviderHost.RefusalsOfTheApi(keys).ShouldBeEmpty();
        ProviderHost.Refusals(keys).ShouldHaveSingleItem().ShouldStartWith("Providers:tested:Token is missing");
    }

    [Fact]
    public void Without_an_address_for_receipts_stops_the_Api_too() =>
        ProviderHost.RefusalsOfTheApi(Right.With(("Api:PublicUrl", null))).ShouldHaveSingleItem()
            .ShouldStartWith("Providers:tested:Type names a provider that sends receipts, and Api:PublicUrl is missing");

    [Theory]
    [InlineData("Sandbox", "must have 1 to 64 characters and not be sandbox.")]
    [InlineData("a,b", "has a comma: lists of providers are written with commas.")]
    public void Under_a_name_that_no_provider_has_stops_the_Api_too(string name, string sentence)
    {
        var entry = new ConfigurationManager { [$"Providers:{name}:Type"] = "http" };

        Should.Throw<OptionsValidationException>(() => new ServiceCollection().AddProviderReceipts(entry))
            .Failures.ShouldBe([$"Providers:{name}:Type belongs to an entry whose name {sentence}"]);
    }

    [Fact]
    public void Without_which_a_price_stops_both_hosts()
    {
        foreach (var services in Hosts(ProviderHost.Configuration(Right)))
        {
            services.Configure<DeliveryOptions>(o =>
            {
                o.Channels["sms"] = new() { Provider = ProviderHost.Name };
                o.Prices["Tested"] = new Dictionary<string, decimal>(StringComparer.Ordinal) { ["FR"] = 1 };
            });
            using var host = services.BuildServiceProvider();

            Should.Throw<OptionsValidationException>(() => host.GetRequiredService<IOptions<DeliveryOptions>>().Value)
                .Failures.ShouldBe(["Deliveries:Prices:Tested names no provider: there are tested, sandbox."]);
        }
    }

    [Fact]
    public void Is_none_that_only_the_Workers_have()
    {
        using var api = new ServiceCollection().AddProviderReceipts(new ConfigurationManager())
            .Configure<DeliveryOptions>(o =>
            {
                o.Channels["sms"] = new() { Provider = "gateway" };
                o.Prices["gateway"] = new Dictionary<string, decimal>(StringComparer.Ordinal) { ["FR"] = 1 };
            })
            .BuildServiceProvider();

        api.GetRequiredService<IOptions<DeliveryOptions>>().Value.Prices.Keys.ShouldBe(["gateway"]);
    }

    /// <summary>The Workers and the Api.</summary>
    private static IServiceCollection[] Hosts(IConfiguration configuration) =>
        [new ServiceCollection().AddOtpProviders(configuration), new ServiceCollection().AddProviderReceipts(configuration)];

    private static void Of(string text, Action<IReadOnlyList<string>> check)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.json");
        File.WriteAllText(file, text);
        try
        {
            check(ProviderHost.Refusals(new Dictionary<string, string?> { ["Type"] = file, ["Api:PublicUrl"] = "https://otp.example" }));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
