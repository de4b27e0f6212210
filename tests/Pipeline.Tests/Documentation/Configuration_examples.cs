using System.Security.Cryptography;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>A host starts with the configuration that a page shows.</summary>
[Collection(nameof(DocumentedPipeline))]
public sealed class Configuration_examples(DocumentedPipeline documented)
{
    private static readonly string[] OfTheApi =
    [
        "Applications", "Perfumerlabs", "Beem", "BizMagnets", "Gupshup", "Native", "Api", "Admin", "HTTP_AUTH_USERNAME",
        "HTTP_AUTH_PASSWORD",
    ];

    public static TheoryData<string> Pages => The_examples.PagesWith(nameof(Kind.Configuration));

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Of_a_page_start_their_host(string page)
    {
        var (pipeline, _) = await documented.GetAsync();
        var examples = Kinds.From(page).Where(e => e.Kind == Kind.Configuration).SelectMany(e => e.Example.Settings)
            .Where(s => !IsPlaceholder(s.Value)).ToList();

        // A page shows both forms of a channel, and a host takes one of them.
        const string Routes = "__Routes__";
        var routed = examples.Where(s => s.Key.Contains(Routes, StringComparison.Ordinal)).Select(s => s.Key.Split(Routes)[0]).ToHashSet();
        examples.RemoveAll(s => s.Key.EndsWith("__Provider", StringComparison.Ordinal) && routed.Contains(s.Key[..^"__Provider".Length]));
        var files = Servers.NewFolder("secret-files");
        foreach (var host in examples.Select(s => HostOf(s.Key)).Distinct())
        {
            var environment = pipeline.EnvironmentOf($"documented-{host}");
            foreach (var (key, value) in examples.Where(
                s => (HostOf(s.Key) == host || IsOfBoth(s.Key))
                    && (!environment.ContainsKey(s.Key) || IsOfBoth(s.Key) || Section(s.Key) is "Deliveries")))
            {
                environment[key] = await WithFileAsync(value, files);
            }

            UseBroker(environment, pipeline.Broker);
            var log = Path.Combine(pipeline.Logs, $"{Path.GetFileNameWithoutExtension(page)}-{host}.log");
            await using var process = new HostProcess(Repository.Host(host), environment, log);
            await process.StartAsync();
            (await process.StopAsync()).ShouldBe(0);
        }
    }

    [Fact]
    public async Task Would_not_start_their_host_with_a_key_misspelt()
    {
        var (pipeline, _) = await documented.GetAsync();
        var environment = pipeline.EnvironmentOf("documented-wrong");
        environment["Providers__relay__Type"] = "smtp";
        environment["Providers__relay__Hots"] = "mail.example.com";
        environment["Providers__relay__From"] = "codes@example.com";
        await using var process = new HostProcess(
            Repository.Host("Workers"), environment, Path.Combine(pipeline.Logs, "documented-wrong.log"));

        (await process.RunAsync("--urls=http://127.0.0.1:0")).ShouldBe(1);
    }

    /// <summary>The nodes of the reader's cluster are this broker.</summary>
    private static void UseBroker(Dictionary<string, string> environment, Uri broker)
    {
        var nodes = environment.Keys.Where(k => k.StartsWith("RabbitMq__Hosts__", StringComparison.Ordinal)).ToList();
        if (nodes.Count == 0)
        {
            return;
        }

        var user = broker.UserInfo.Split(':');
        nodes.ForEach(k => environment[k] = $"{broker.Host}:{broker.Port}");
        environment.Remove("RabbitMq__Uri");
        (environment["RabbitMq__Username"], environment["RabbitMq__Password"]) = (user[0], user[1]);
        environment["RabbitMq__VirtualHost"] = broker.AbsolutePath.Trim('/');
    }

    /// <summary>The page leaves the value to its reader; the pipeline has one.</summary>
    private static bool IsPlaceholder(string value) =>
        new[] { "...", "<", "user:password" }.Any(p => value.Contains(p, StringComparison.Ordinal));

    private static string HostOf(string key) => OfTheApi.Contains(Section(key)) ? "Api" : "Workers";

    /// <summary>Both hosts read the entries of providers with receipts, and the address of the Api.</summary>
    private static bool IsOfBoth(string key) => Section(key) is "Providers" || key is "Api__PublicUrl";

    private static string PrivateKey()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string Section(string key) => key.Split("__")[0];

    /// <summary>A file that the value names exists here below a folder of the test.</summary>
    private static async Task<string> WithFileAsync(string value, string folder)
    {
        if (!value.StartsWith("/run/secrets/", StringComparison.Ordinal) && !value.StartsWith("/etc/otp/", StringComparison.Ordinal))
        {
            return value;
        }

        var file = Path.Combine(folder, Path.GetFileName(value));
        await File.WriteAllTextAsync(file, Path.GetFileName(value) switch
        {
            "my-twilio.json" => Repository.Read("src", "Hosting", "Providers", "Presets", "twilio-sms", "preset.json"),
            "telegram" => "123456789:token-of-the-tests",
            var name when name.EndsWith(".pem", StringComparison.Ordinal) => PrivateKey(),
            var name when name.EndsWith(".html", StringComparison.Ordinal) => "<p>{{pin}}</p>",
            _ => "a secret of the tests",
        });
        return file;
    }
}
