using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

/// <summary>The keys of the configuration: on, off, below a prefix, and wrong.</summary>
[Collection(PerfumerlabsCollection.Name)]
public sealed class Switching_it_on
{
    private readonly PerfumerlabsHost _host;

    public Switching_it_on(PerfumerlabsHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Nothing_of_it_is_there_when_it_is_off()
    {
        await using var started = new Started(
            _host.Start(_host.SettingsWithout("HTTP_AUTH_USERNAME", "HTTP_AUTH_PASSWORD", ("Perfumerlabs:Enabled", "false"))));

        var answer = await started.Client.SmsAsync(Someone.Phone(), "12345");

        answer.ShouldBeRefused(404, "not_found", 2021, "Not found");
        (await started.Client.GetAsync("/openapi/perfumerlabs.json")).Status.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task All_of_it_is_behind_its_prefix()
    {
        await using var started = new Started(_host.Start(_host.SettingsWithout("x", "x", ("Perfumerlabs:Prefix", "/otp-image"))));
        var phone = Someone.Phone();

        (await started.Client.PostAsync("/otp-image/sms", $$"""{"phone":"{{phone}}","password":"12345","message":"x","lifetime":300}"""))
            .ShouldBeDone();
        (await started.Client.GetAsync("/otp-image/sms/check", $$"""{"phone":"{{phone}}","password":"12345"}""")).ShouldBeDone();
        (await started.Client.GetAsync("/otp-image/sms/nothing")).ShouldBeRefused(404, "Not found");
        (await started.Client.WebhookAsync("{}")).ShouldBeRefused(404, "not_found", 2021, "Not found");
        (await started.Client.SmsAsync(phone, "12345")).ShouldBeRefused(404, "not_found", 2021, "Not found");
    }

    [Theory]
    [InlineData("HTTP_AUTH_USERNAME", "", "HTTP_AUTH_USERNAME is missing: HTTP_AUTH_USERNAME and HTTP_AUTH_PASSWORD belong together.")]
    [InlineData("HTTP_AUTH_PASSWORD", "", "HTTP_AUTH_PASSWORD is missing: HTTP_AUTH_USERNAME and HTTP_AUTH_PASSWORD belong together.")]
    [InlineData("HTTP_AUTH_USERNAME", "a:b", "HTTP_AUTH_USERNAME must not hold a colon, which HTTP Basic could not carry.")]
    [InlineData("Perfumerlabs:ApplicationId", "shop", "Perfumerlabs:ApplicationId cannot be read: its value has the wrong form.")]
    [InlineData(
        "Perfumerlabs:TelegramSecretToken", "geheim!", "Perfumerlabs:TelegramSecretToken must have 1 to 256 of A-Z, a-z, 0-9, _ and -.")]
    [InlineData("Perfumerlabs:Prefix", "otp/", "Perfumerlabs:Prefix must be empty or a path such as /sms-api, without a slash at its end.")]
    [InlineData(
        "both", "",
        "HTTP_AUTH_USERNAME and HTTP_AUTH_PASSWORD are missing, so that anybody could call Perfumerlabs; set " +
        "Perfumerlabs:AllowAnonymous to true if that is meant.")]
    public async Task A_wrong_key_stops_the_host_with_a_sentence(string key, string value, string sentence)
    {
        var configuration = new Dictionary<string, string?>(
            _host.Host.Configuration, StringComparer.Ordinal) { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" };
        foreach (var (name, text) in _host.Settings)
        {
            configuration[name] = text;
        }

        foreach (var name in key is "both" ? ["HTTP_AUTH_USERNAME", "HTTP_AUTH_PASSWORD"] : new[] { key })
        {
            configuration[name] = value;
        }

        var ending = await ApiProcess.RunAsync(configuration);

        ending.Errors.ShouldBe(sentence + Environment.NewLine);
        ending.ExitCode.ShouldBe(1);
    }
}
