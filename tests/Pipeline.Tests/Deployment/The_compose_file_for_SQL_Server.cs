using System.Text.Json;
using Microsoft.Data.SqlClient;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Deployment;

/// <summary>As far as it can be checked without the image of SQL Server.</summary>
public sealed class The_compose_file_for_SQL_Server
{
    private static readonly string[] Hosts = ["api", "workers", "migrate"];

    [Fact]
    public async Task Gives_every_host_that_database_and_starts_no_other()
    {
        var services = (await Repository.YamlAsync("compose.sqlserver.yaml")).GetProperty("services");

        foreach (var host in Hosts)
        {
            services.GetProperty(host).GetProperty("environment").GetProperty("Storage__Provider").GetString().ShouldBe("SqlServer");
        }

        services.GetProperty("postgres").GetProperty("profiles")[0].GetString().ShouldBe("postgres");
        var awaited = services.GetProperty("migrate").GetProperty("depends_on");
        awaited.GetProperty("postgres").GetProperty("required").GetBoolean().ShouldBeFalse();
        awaited.GetProperty("sqlserver-roles").GetProperty("condition").GetString().ShouldBe("service_completed_successfully");
    }

    [Fact]
    public async Task Names_secrets_that_the_script_makes()
    {
        var compose = await Repository.YamlAsync("compose.sqlserver.yaml");
        var folder = await SecretsAsync();

        var made = Directory.GetFiles(Path.Combine(folder, "sqlserver")).Select(f => $"./secrets/sqlserver/{Path.GetFileName(f)}");
        compose.GetProperty("secrets").EnumerateObject().Select(s => s.Value.GetProperty("file").GetString()!)
            .ShouldBe(made, ignoreOrder: true);
        compose.GetProperty("services").EnumerateObject().SelectMany(s => Secrets(s.Value)).Distinct()
            .ShouldBe(["sa-password", "owner-password", "hosts-password"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("ConnectionStrings__Otp", "otp", "hosts-password")]
    [InlineData("ConnectionStrings__Otp.owner", "otp_owner", "owner-password")]
    public async Task Connects_as_a_login_that_its_script_makes(string file, string login, string password)
    {
        var folder = Path.Combine(await SecretsAsync(), "sqlserver");
        var settings = new SqlConnectionStringBuilder(await File.ReadAllTextAsync(Path.Combine(folder, file)));

        settings.UserID.ShouldBe(login);
        settings.Password.ShouldBe((await File.ReadAllTextAsync(Path.Combine(folder, password))).Trim());
        (await Repository.YamlAsync("compose.sqlserver.yaml")).GetProperty("services").TryGetProperty(settings.DataSource, out _).ShouldBeTrue();
        Roles().ShouldContain($"CREATE LOGIN {login} WITH PASSWORD = N'$({password.Replace('-', '_')})'");
    }

    [Fact]
    public void Makes_logins_and_rights_in_T_SQL()
    {
        using var reader = new StringReader(Roles());

        new TSql150Parser(initialQuotedIdentifiers: true).Parse(reader, out var errors);

        errors.Select(e => $"line {e.Line}: {e.Message}").ShouldBeEmpty();
    }

    private static string Roles() => Repository.Read("scripts", "sqlserver-roles.sql");

    private static async Task<string> SecretsAsync()
    {
        var folder = Servers.NewFolder("secrets");
        await Repository.RunAsync("bash", Repository.Root, Repository.At("scripts", "secrets.sh"), "--sqlserver", folder);
        return folder;
    }

    private static IEnumerable<string> Secrets(JsonElement service) =>
        service.TryGetProperty("secrets", out var secrets) ? secrets.EnumerateArray().Select(s => s.GetString()!) : [];
}
