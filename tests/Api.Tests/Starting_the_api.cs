using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests;

public sealed class Starting_the_api
{
    private readonly ApiHost _host;

    public Starting_the_api(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    public static TheoryData<string, string?, string> WrongKeys => new()
    {
        { "ConnectionStrings:Otp", null, "ConnectionStrings:Otp is missing: set the connection string of the database." },
        { "ConnectionStrings:Otp", "Hots=nowhere;Password=geheim", "ConnectionStrings:Otp is no connection string for PostgreSQL, " +
            "such as Host=127.0.0.1;Username=otp;Database=otp." },
        { "Storage:Provider", "SqlServer", "ConnectionStrings:Otp is no connection string for SQL Server with server and database, such " +
            "as Server=127.0.0.1;User Id=otp;Password=...;Database=otp." },
        { "Storage:Provider", "Oracle", "Storage:Provider must be Postgres or SqlServer." },
        { "Storage:Pooler", "PgBouncer", "Storage:Pooler must be None or Transaction." },
        { "Telemetry:Prometheus", "yes", "Telemetry:Prometheus must be true or false." },
        { "OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "OTEL_EXPORTER_OTLP_ENDPOINT must be an absolute URL with http or https, " +
            "such as http://collector:4317." },
        { "OTEL_EXPORTER_OTLP_ENDPOINT", "/collector", "OTEL_EXPORTER_OTLP_ENDPOINT must be an absolute URL with http or https, such " +
            "as http://collector:4317." },
        { "Otp:PinKeys:0:Key", "c2hvcnQ=", "Otp:PinKeys:0:Key must be base64 of 32 random bytes." },
        { "RabbitMq:Uri", "http://guest:geheim@localhost", "RabbitMq:Uri must be of the form amqp://user:password@host:port/vhost (or " +
            "amqps://)." },
        { "Deliveries:Lease", "00:00:01", "Deliveries:Lease must be between 00:00:05 and 00:10:00." },
        { "Sandbox:Retention", "soon", "Sandbox:Retention cannot be read: its value has the wrong form." },
        { "Api:KnownProxies:0", "proxy", "Api:KnownProxies:0 must be an address or a network of proxies, such as 10.0.0.5 or " +
            "172.18.0.0/16, and not every address." },
        { "Api:KnownProxies:0", "0.0.0.0/0", "Api:KnownProxies:0 must be an address or a network of proxies, such as 10.0.0.5 or " +
            "172.18.0.0/16, and not every address." },
        {
            "ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true",
            "ASPNETCORE_FORWARDEDHEADERS_ENABLED believes every client: remove it and name the proxies in Api:KnownProxies."
        },
        { "Api:PublicUrl", "https://otp.example.com?a=b", "Api:PublicUrl must be an absolute http or https URL without user, query " +
            "and fragment." },
        { "Otp:OldLookupKeys:0", "c2hvcnQ=", "Otp:OldLookupKeys:0 must be base64 of 32 random bytes." },
        { "Api:AnonymousRequestsPerMinute", "0", "Api:AnonymousRequestsPerMinute must be between 1 and 10000000." },
        { "Serilog:MinimumLevel:Default", "Loud", "Serilog:MinimumLevel has a wrong level: use Verbose, Debug, Information, Warning, " +
            "Error or Fatal." },
        { "ASPNETCORE_ENVIRONMENT", "Production", "Sandbox:Enabled makes every PIN readable and does not start in the environment " +
            "Production; set Sandbox:AllowInProduction to true if that is meant." },
    };

    [Theory]
    [MemberData(nameof(WrongKeys))]
    public async Task With_a_wrong_key_ends_with_one_sentence(string key, string? value, string sentence)
    {
        var configuration = new Dictionary<string, string?>(
            _host.Configuration, StringComparer.Ordinal) { [key] = value, ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" };

        var ending = await ApiProcess.RunAsync(configuration);

        ending.Errors.ShouldBe(sentence + Environment.NewLine);
        ending.ExitCode.ShouldBe(1);
        (ending.Output + ending.Errors).ShouldNotContain("geheim");
        ending.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task With_several_wrong_keys_names_each()
    {
        var configuration = new Dictionary<string, string?>(_host.Configuration, StringComparer.Ordinal)
        {
            ["Deliveries:Lease"] = "00:00:01",
            ["Batching:Writers"] = "0",
            ["Deliveries:Prices:nobody:FR"] = "0.1",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        };

        var ending = await ApiProcess.RunAsync(configuration);

        ending.Errors.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).ShouldBe(
            [
                "Deliveries:Lease must be between 00:00:05 and 00:10:00.", "Batching:Writers must be between 1 and 32.",
                "Deliveries:Prices:nobody names no provider: there are sandbox.",
            ],
            ignoreOrder: true);
    }

    /// <summary>Those are read where an endpoint is set only.</summary>
    [Theory]
    [InlineData(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "ftp://collector/",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be an absolute URL with http or https, such as http://collector:4317.")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http", "OTEL_EXPORTER_OTLP_PROTOCOL must be grpc or http/protobuf.")]
    [InlineData(
        "OTEL_EXPORTER_OTLP_HEADERS", "geheim",
        "OTEL_EXPORTER_OTLP_HEADERS must be pairs of the form name=value with commas between them.")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "OTEL_EXPORTER_OTLP_TIMEOUT must be a whole number above 0.")]
    [InlineData("OTEL_BSP_SCHEDULE_DELAY", "-1", "OTEL_BSP_SCHEDULE_DELAY must be a whole number above 0.")]
    public async Task With_a_wrong_variable_of_OpenTelemetry_ends_with_one_sentence(string key, string value, string sentence)
    {
        var configuration = new Dictionary<string, string?>(_host.Configuration, StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1",
            [key] = value,
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        };

        var ending = await ApiProcess.RunAsync(configuration);

        ending.Errors.ShouldBe(sentence + Environment.NewLine);
        ending.ExitCode.ShouldBe(1);
        (ending.Output + ending.Errors).ShouldNotContain("geheim");
    }

    [Fact]
    public async Task With_a_secret_file_that_was_written_on_Windows_takes_its_line_end_away()
    {
        var folder = Directory.CreateTempSubdirectory("secrets");
        var configuration = new Dictionary<string, string?>(
            _host.Configuration, StringComparer.Ordinal) { ["Secrets:Directory"] = folder.FullName };
        configuration.Remove("ConnectionStrings:Otp");
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "ConnectionStrings__Otp"), _host.Configuration["ConnectionStrings:Otp"] + "\r\n");

        var ending = await ApiProcess.RunAsync(configuration, "--migrate");

        folder.Delete(recursive: true);
        ending.ExitCode.ShouldBe(0, ending.Errors);
        ending.Output.ShouldStartWith("Database migrated: 0 migrations applied");
    }

    [Fact]
    public async Task With_migrate_is_harmless_to_repeat()
    {
        var ending = await ApiProcess.RunAsync(_host.Configuration, "--migrate");

        ending.ExitCode.ShouldBe(0, ending.Errors);
        ending.Output.ShouldStartWith("Database migrated: 0 migrations applied, 0 applications added");
        ending.Output.Trim().ShouldNotContain(Environment.NewLine);
    }

    [Fact]
    public async Task With_migrate_says_that_the_database_is_away()
    {
        var configuration = new Dictionary<string, string?>(_host.Configuration, StringComparer.Ordinal)
        {
            ["ConnectionStrings:Otp"] = "Host=127.0.0.1;Port=1;Username=otp;Password=geheim",
        };

        var ending = await ApiProcess.RunAsync(configuration, "--migrate");

        ending.Errors.ShouldBe(
            "The database cannot be reached: Failed to connect to 127.0.0.1:1; Connection refused." + Environment.NewLine);
        ending.ExitCode.ShouldBe(1);
    }

    [Theory]
    [InlineData("ConnectionStrings:Otp", null, "ConnectionStrings:Otp is missing: set the connection string of the database.")]
    [InlineData(
        "ConnectionStrings:Otp", "Server=127.0.0.1;User Id=otp;Password=geheim",
        "ConnectionStrings:Otp is no connection string for SQL Server with server and database, such as "
        + "Server=127.0.0.1;User Id=otp;Password=...;Database=otp.")]
    [InlineData("Storage:Pooler", "Transaction", "Storage:Pooler is for PostgreSQL: set None, or remove it.")]
    public async Task On_SQL_Server_with_a_wrong_key_ends_with_one_sentence(string key, string? value, string sentence)
    {
        var ending = await OnSqlServerAsync(key, value);

        ending.Errors.ShouldBe(sentence + Environment.NewLine);
        ending.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task On_SQL_Server_with_migrate_says_that_the_server_is_away()
    {
        var ending = await OnSqlServerAsync("Storage:Pooler", null, "--migrate");

        ending.Errors.ShouldStartWith("The database cannot be reached: A network-related or instance-specific error");
        ending.Errors.Trim().ShouldNotContain(Environment.NewLine);
        ending.Errors.ShouldNotContain("geheim");
        ending.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Makes_it_ready_without_a_broker()
    {
        var client = _host.Client(tenant: null);

        var live = await client.GetAsync("/health/live");
        var ready = await client.GetAsync("/health/ready");

        live.Text.ShouldBe("""{"status":"Healthy","checks":{}}""");
        ready.Status.ShouldBe(HttpStatusCode.OK);
        ready.Json.GetProperty("status").GetString().ShouldBe("Degraded");
        ready.Json.GetProperty("checks").GetProperty("database").GetString().ShouldBe("Healthy");
    }

    private Task<Programs.Ending> OnSqlServerAsync(string key, string? value, params string[] arguments) => ApiProcess.RunAsync(
        new Dictionary<string, string?>(_host.Configuration, StringComparer.Ordinal)
        {
            ["Storage:Provider"] = "sqlserver",
            ["ConnectionStrings:Otp"] = "Server=127.0.0.1,1;User Id=otp;Password=geheim;Database=otp;Connect Timeout=5",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            [key] = value,
        },
        arguments);
}
