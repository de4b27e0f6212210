using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Deployment;

/// <summary>As far as it can be checked without a container engine; scripts/compose-test.sh runs it on one.</summary>
[Collection(nameof(SharedPipeline))]
public sealed class The_compose_file(SharedPipeline shared)
{
    private static readonly string[] Hosts = ["api", "workers", "migrate"];
    private static readonly string[] SecretWords = ["pass", "password", "key", "secret", "uri", "ConnectionStrings__Otp"];

    [Fact]
    public async Task Starts_both_hosts_after_the_migration_and_the_servers()
    {
        var services = (await Repository.YamlAsync("compose.yaml")).GetProperty("services");

        services.EnumerateObject().Select(s => s.Name).ShouldBe(["postgres", "rabbitmq", "migrate", "api", "workers"], ignoreOrder: true);
        Condition(services, "migrate", "postgres").ShouldBe("service_healthy");
        foreach (var host in new[] { "api", "workers" })
        {
            Condition(services, host, "migrate").ShouldBe("service_completed_successfully");
            Condition(services, host, "rabbitmq").ShouldBe("service_healthy");
        }

        services.GetProperty("migrate").GetProperty("command")[0].GetString().ShouldBe("--migrate");
        services.GetProperty("migrate").GetProperty("restart").GetString().ShouldBe("no");
    }

    [Fact]
    public async Task Can_scale_the_workers()
    {
        var workers = (await Repository.YamlAsync("compose.yaml")).GetProperty("services").GetProperty("workers");

        // A name or a port of its own can be had by one container only.
        workers.TryGetProperty("container_name", out _).ShouldBeFalse();
        workers.TryGetProperty("ports", out _).ShouldBeFalse();
        workers.TryGetProperty("hostname", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Sets_only_keys_that_the_hosts_read()
    {
        var services = (await Repository.YamlAsync("compose.yaml")).GetProperty("services");
        foreach (var host in Hosts)
        {
            var variables = services.GetProperty(host).GetProperty("environment").EnumerateObject().Select(v => v.Name);
            var secrets = SecretsOf(services.GetProperty(host), "target");
            foreach (var key in variables.Concat(secrets).Select(name => name.Replace("__", ":", StringComparison.Ordinal)))
            {
                KnownKeys.IsKnown(key).ShouldBeTrue($"{host} is given {key}, which no host reads");
            }
        }

        KnownKeys.IsKnown("RabbitMq:Passwort").ShouldBeFalse();
        KnownKeys.IsKnown("Otp:PinKeys:0:Keys").ShouldBeFalse();
    }

    [Fact]
    public async Task Names_secrets_that_the_script_makes()
    {
        var compose = await Repository.YamlAsync("compose.yaml");
        var folder = Directory.CreateTempSubdirectory("otp-secrets-");
        try
        {
            await Repository.RunAsync("bash", Repository.Root, Repository.At("scripts", "secrets.sh"), folder.FullName);
            var made = folder.EnumerateFiles().Select(f => f.Name).ToArray();
            var declared = compose.GetProperty("secrets").EnumerateObject()
                .ToDictionary(s => s.Name, s => s.Value.GetProperty("file").GetString()!, StringComparer.Ordinal);

            declared.Values.ShouldBe(made.Select(m => $"./secrets/{m}"), ignoreOrder: true);
            var used = compose.GetProperty("services").EnumerateObject().SelectMany(s => SecretsOf(s.Value)).Distinct();
            used.ShouldBe(declared.Keys, ignoreOrder: true);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Wants_a_variable_for_each_key_of_the_sandbox()
    {
        var services = (await Repository.YamlAsync("compose.yaml")).GetProperty("services");
        foreach (var settings in Hosts.Select(h => services.GetProperty(h).GetProperty("environment")))
        {
            var (enabled, allowed) = (
                settings.GetProperty("Sandbox__Enabled").GetString(), settings.GetProperty("Sandbox__AllowInProduction").GetString());
            enabled.ShouldEndWith(":-false}");
            allowed.ShouldEndWith(":-false}");
            allowed!.Split(':')[0].ShouldNotBe(enabled!.Split(':')[0]);
        }
    }

    [Fact]
    public async Task Has_a_variable_for_the_networks_that_callbacks_may_reach_of_which_none_is_the_default()
    {
        var services = (await Repository.YamlAsync("compose.yaml")).GetProperty("services");
        foreach (var host in new[] { "api", "workers" })
        {
            services.GetProperty(host).GetProperty("environment").GetProperty("Callbacks__AllowedNetworks__0").GetString()
                .ShouldBe("${OTP_CALLBACK_NETWORK:-}");
        }
    }

    [Fact]
    public async Task Lets_only_the_migration_be_the_owner_of_the_tables()
    {
        var services = (await Repository.YamlAsync("compose.yaml")).GetProperty("services");
        SecretsOf(services.GetProperty("migrate")).ShouldContain("ConnectionStrings__Otp.owner");
        foreach (var host in new[] { "api", "workers" })
        {
            SecretsOf(services.GetProperty(host)).ShouldNotContain("ConnectionStrings__Otp.owner");
        }

        var folder = await SecretsAsync();
        foreach (var (file, user) in new[] { ("ConnectionStrings__Otp", "otp"), ("ConnectionStrings__Otp.owner", "otp_owner") })
        {
            new NpgsqlConnectionStringBuilder(await File.ReadAllTextAsync(Path.Combine(folder, file))).Username.ShouldBe(user);
        }
    }

    [Fact]
    public async Task Gives_the_hosts_no_more_rights_at_the_broker_than_to_what_is_theirs()
    {
        var pipeline = await shared.GetAsync();
        var folder = await SecretsAsync();
        var settings = (await File.ReadAllLinesAsync(Path.Combine(folder, "rabbitmq.conf"))).Select(l => l.Split(" = ", 2))
            .ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        settings["default_user_tags.administrator"].ShouldBe("false");

        var names = await pipeline.NamesAtTheBrokerAsync();
        names.Count.ShouldBeGreaterThan(20);
        foreach (var right in new[] { "configure", "write", "read" })
        {
            var allowed = new Regex(settings[$"default_permissions.{right}"], RegexOptions.NonBacktracking);
            names.ShouldAllBe(n => allowed.IsMatch(n), right);
            allowed.IsMatch("shop-otp-events").ShouldBeFalse("a queue of somebody else");
        }
    }

    [Fact]
    public async Task Keeps_every_password_out_of_the_environment()
    {
        var services = (await Repository.YamlAsync("compose.yaml")).GetProperty("services");
        foreach (var service in services.EnumerateObject().Where(s => s.Value.TryGetProperty("environment", out _)))
        {
            foreach (var variable in service.Value.GetProperty("environment").EnumerateObject())
            {
                SecretWords.ShouldNotContain(
                    word => variable.Name.EndsWith(word, StringComparison.OrdinalIgnoreCase), $"{service.Name}: {variable.Name}");
            }
        }

        Repository.Read(".gitignore").Split('\n').ShouldContain("secrets/");
    }

    [Fact]
    public async Task Has_the_servers_that_run_uses()
    {
        var deployment = (await Repository.YamlAsync("compose.yaml")).GetProperty("services");
        var local = (await Repository.YamlAsync("scripts", "servers.compose.yaml")).GetProperty("services");

        local.EnumerateObject().Select(s => s.Name).ShouldBe(["postgres", "rabbitmq"], ignoreOrder: true);
        foreach (var server in new[] { "postgres", "rabbitmq" })
        {
            local.GetProperty(server).GetProperty("image").GetString()
                .ShouldBe(deployment.GetProperty(server).GetProperty("image").GetString());
            local.GetProperty(server).TryGetProperty("healthcheck", out _).ShouldBeTrue();
            deployment.GetProperty(server).TryGetProperty("healthcheck", out _).ShouldBeTrue();
        }

        Repository.Read("scripts", "compose.sh").ShouldContain("scripts/servers.compose.yaml");
    }

    private static async Task<string> SecretsAsync()
    {
        var folder = Servers.NewFolder("secrets");
        await Repository.RunAsync("bash", Repository.Root, Repository.At("scripts", "secrets.sh"), folder);
        return folder;
    }

    private static string? Condition(JsonElement services, string service, string on) =>
        services.GetProperty(service).GetProperty("depends_on").GetProperty(on).GetProperty("condition").GetString();

    private static IEnumerable<string> SecretsOf(JsonElement service, string name = "source") =>
        service.TryGetProperty("secrets", out var secrets)
            ? secrets.EnumerateArray().Select(s => s.ValueKind == JsonValueKind.String ? s.GetString()! : s.GetProperty(name).GetString()!)
            : [];
}
