using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Secrets;

[assembly: AssemblyFixture(typeof(ApiHost))]

namespace OtpPipeline.Api.Tests.Support;

/// <summary>
/// The real Api over a PostgreSQL database of its own, migrated the way an operator does it. There is no broker at its address:
/// what REST promises must not need one.
/// </summary>
public sealed class ApiHost : IAsyncLifetime
{
    public static readonly string PinKey = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    private readonly string _database = $"api_tests_{Guid.CreateVersion7():N}";
    private WebApplicationFactory<Program>? _factory;
    private Lazy<KestrelHost>? _kestrel;

    public Tenant Shop { get; } = Tenant.New();

    /// <summary>The shop with its test key.</summary>
    public Tenant ShopTests { get; }

    public Tenant OtherShop { get; } = Tenant.New();

    /// <summary>
    /// Its settings leave from, template and pinType to the request; it serves France only, may send twice an hour and spend 0.2 a day.
    /// </summary>
    public Tenant Strict { get; } = Tenant.New();

    /// <summary>The same settings, for tests that send again.</summary>
    public Tenant StrictToo { get; } = Tenant.New();

    /// <summary>May make three requests a minute.</summary>
    public Tenant Slow { get; } = Tenant.New();

    /// <summary>Only ever refused: it has no OTP.</summary>
    public Tenant Refused { get; } = Tenant.New();

    public Tenant WithoutScope { get; } = Tenant.New();

    public Tenant Expired { get; } = Tenant.New();

    public Tenant Revoked { get; } = Tenant.New();

    public Tenant Inactive { get; } = Tenant.New();

    public string AdminKey { get; } = $"admin-{Guid.CreateVersion7():N}";

    /// <summary>With it and its id the shop asks for access tokens.</summary>
    public string ShopSecret { get; } = $"secret-{Guid.CreateVersion7():N}";

    public string GupshupKey { get; } = "0123456789abcdef0123456789ABCDEF";

    public CapturedLogs Logs { get; } = new();

    /// <summary>The key ring of every process of the tests.</summary>
    public static OtpSecrets Secrets { get; } = new(
        new KeyRing(Options.Create(new OtpOptions { PinKeys = [new() { Id = "test", Key = PinKey }] })));

    /// <summary>Every key of the configuration that a start needs, by its name.</summary>
    public Dictionary<string, string?> Configuration { get; } = new(StringComparer.Ordinal);

    public WebApplicationFactory<Program> Factory => _factory ?? throw new InvalidOperationException("Servers.SkipWithout was not called.");

    public IServiceProvider Services => Factory.Services;

    public ApiHost() => ShopTests = new(Shop.Id, $"key-{Guid.CreateVersion7():N}");

    public async ValueTask InitializeAsync()
    {
        if (!Servers.AreThere)
        {
            return;
        }

        var server = Servers.Postgres;
        await ExecuteAsync(server, $"CREATE DATABASE {_database}");
        Configuration["ASPNETCORE_ENVIRONMENT"] = "Development";
        Configuration["ConnectionStrings:Otp"] = new NpgsqlConnectionStringBuilder(server) { Database = _database }.ConnectionString;
        Configuration["RabbitMq:Uri"] = "amqp://guest:guest@127.0.0.1:1/";
        Configuration["Otp:PinKeys:0:Id"] = "test";
        Configuration["Otp:PinKeys:0:Key"] = PinKey;
        Configuration["AllowedHosts"] = "localhost;127.0.0.1";
        Configuration["Sandbox:Enabled"] = "true";
        Configuration["Api:AnonymousRequestsPerMinute"] = "1000000";
        Configuration["Admin:Key"] = AdminKey;
        Configuration["Deliveries:Channels:sms:Prices:FR"] = "0.1";
        Configuration["Deliveries:Channels:ussd:Prices:*"] = "0.05";
        Configuration["Applications:0:Id"] = Shop.Id.ToString();
        Configuration["Applications:0:Name"] = "shop";
        Configuration["Applications:0:Settings:Limits:SendsPerHour"] = "100000";
        Configuration["Applications:0:Settings:Limits:SendsPerDay"] = "100000";
        Configuration["Applications:0:Keys:0:Key"] = Shop.Key;
        Configuration["Applications:0:Keys:1:Key"] = ShopTests.Key;
        Configuration["Applications:0:Keys:1:Kind"] = "test";
        Configuration["Applications:0:Secret"] = ShopSecret;
        Configuration["Applications:0:CompatibleApis:Beem:AppId"] = "4711";
        Configuration["Applications:0:CompatibleApis:Beem:Key"] = "beem-key";
        Configuration["Applications:0:CompatibleApis:Beem:Secret"] = "beem-secret==";
        Configuration["Applications:0:CompatibleApis:BizMagnets:Configs:0"] = "Shop-Config";
        Configuration["Applications:0:CompatibleApis:Gupshup:Keys:0:Key"] = GupshupKey;
        Configuration["Applications:0:CompatibleApis:Gupshup:Keys:0:Settings:MESSAGE"] = "Code %code%";
        Configuration["Applications:0:CompatibleApis:Gupshup:UserId"] = "2000012345";
        Configuration["Applications:0:CompatibleApis:Gupshup:Password"] = "gupshup-password";
        var migration = await ApiProcess.RunAsync(Configuration, "--migrate");
        if (migration.ExitCode != 0)
        {
            throw new InvalidOperationException($"--migrate ended with {migration.ExitCode}: {migration.Errors}");
        }

        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            foreach (var (key, value) in Configuration)
            {
                builder.UseSetting(key, value);
            }

            builder.ConfigureLogging(
                logging => logging.ClearProviders().AddProvider(Logs).AddFilter<CapturedLogs>(category: null, LogLevel.Trace));
        });
        await AddTenantsAsync();
        await RefreshAsync();
        _kestrel = new(() => new(this));
    }

    public async ValueTask DisposeAsync()
    {
        if (_factory is null)
        {
            return;
        }

        if (_kestrel is { IsValueCreated: true })
        {
            await _kestrel.Value.DisposeAsync();
        }

        await _factory.StopAsync();
        await HostStop.AllAsync();
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync(Servers.Postgres, $"DROP DATABASE {_database} WITH (FORCE)");
    }

    /// <summary>The same Api on a real socket, for all tests that need no settings of their own.</summary>
    internal KestrelHost Kestrel => _kestrel!.Value;

    /// <summary>The same, and it knows every application that was made until now.</summary>
    internal async Task<KestrelHost> FreshKestrelAsync()
    {
        await Kestrel.RefreshAsync();
        return Kestrel;
    }

    public ApiClient Client(Tenant? tenant) => new(Factory.CreateClient(), tenant?.Key);

    /// <summary>An OpenAPI document, as an operator reads it.</summary>
    public async Task<string> DocumentAsync(string name)
    {
        using var http = Factory.CreateClient();
        return (await new ApiClient(http, AdminKey).GetAsync($"/openapi/{name}.json")).Text;
    }

    public AdminClient Admin(string? key = null) => new(Factory.CreateClient(), key ?? AdminKey);

    /// <summary>What two seconds do by themselves: the process learns of every change.</summary>
    public Task RefreshAsync() => Services.GetRequiredService<ApplicationDirectory>().RefreshAsync(CancellationToken.None);

    public async Task<T> QueryAsync<T>(Func<OtpDbContext, Task<T>> query)
    {
        await using var context = await Services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
        return await query(context);
    }

    private Task<int> AddTenantsAsync() => QueryAsync(db =>
    {
        var open = new ApplicationSettings { Limits = new() { SendsPerHour = 100_000, SendsPerDay = 100_000 } };
        var strict = new ApplicationSettings
        {
            From = null,
            Template = null,
            PinType = null,
            Limits = new() { SendsPerHour = 2, AllowedCountries = ["FR"], SpendingPerDay = 0.2m },
        };
        var yesterday = DateTime.UtcNow.AddDays(-1);
        db.AddRange(OtherShop.Application(open), OtherShop.KeyRow());
        db.AddRange(Strict.Application(strict), Strict.KeyRow());
        db.AddRange(StrictToo.Application(strict), StrictToo.KeyRow());
        db.AddRange(Slow.Application(open with { Limits = open.Limits with { RequestsPerMinute = 3 } }), Slow.KeyRow());
        db.AddRange(Refused.Application(open), Refused.KeyRow());
        db.AddRange(WithoutScope.Application(open), WithoutScope.KeyRow(scopes: ["sms"]));
        db.AddRange(Expired.Application(open), Expired.KeyRow(expiresAt: yesterday));
        db.AddRange(Revoked.Application(open), Revoked.KeyRow(revokedAt: yesterday));
        db.AddRange(Inactive.Application(open, active: false), Inactive.KeyRow());
        return db.SaveChangesAsync();
    });

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using var source = NpgsqlDataSource.Create(server);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
