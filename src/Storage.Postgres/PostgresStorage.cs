using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpPipeline.Core;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.RateLimits;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Storage.Postgres.Outbox;

namespace OtpPipeline.Storage.Postgres;

/// <summary>Keeps everything in PostgreSQL.</summary>
public static class PostgresStorage
{
    // A process that froze in a transaction must not hold its locks, nor those who wait for them, for long.
    private const string Limits = "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=10000";

    // Every statement finds its few rows by an index. A plan that was made while the table was almost empty would read all of it
    // instead, and goes on doing so while the table grows, since prepared plans are kept: decisions/plans-by-key.
    private const string ByKey = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    /// <summary>Registers the DbContext, the stores and the outbox over one pool of connections.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connectionString">Npgsql's; what it sets itself is left as it is.</param>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public static IServiceCollection AddPostgresStorage(this IServiceCollection services, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default(settings, "Max Auto Prepare", () => settings.MaxAutoPrepare = 64);
        Default(settings, "Auto Prepare Min Usages", () => settings.AutoPrepareMinUsages = 2);

        // Requests that are not gathered wait for a connection here: three processes stay below a server's usual hundred, which refuses.
        Default(settings, "Maximum Pool Size", () => settings.MaxPoolSize = 30);

        // What the operator sets comes last and wins.
        settings.Options = $"{Limits} {ByKey} {settings.Options}".TrimEnd();

        // No statement of ours leaves anything behind in its session, so nothing has to be reset: seven statements less for each use of a connection.
        Default(settings, "No Reset On Close", () => settings.NoResetOnClose = true);

        services.AddSingleton(_ => new NpgsqlDataSourceBuilder(settings.ConnectionString).Build());
        services.AddPooledDbContextFactory<OtpDbContext>((provider, options) => Configure(options, provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<IOtpStore, PostgresOtpStore>();
        services.AddSingleton<IOtpSearch, PostgresOtpSearch>();
        services.AddSingleton<IDeliveryStore, PostgresDeliveryStore>();
        services.AddSingleton<ICallbackStore, PostgresCallbackStore>();
        services.AddSingleton<IPermitStore, PostgresPermitStore>();
        services.AddSingleton<ISandboxStore, PostgresSandboxStore>();
        services.AddSingleton<IMissStore, PostgresMissStore>();
        return services.AddPostgresOutbox();
    }

    private static void Configure(DbContextOptionsBuilder options, NpgsqlDataSource dataSource) =>
        options.UseNpgsql(dataSource, npgsql => npgsql.MigrationsAssembly(typeof(PostgresStorage).Assembly.GetName().Name));

    private static void Default(NpgsqlConnectionStringBuilder settings, string key, Action set)
    {
        if (!settings.ShouldSerialize(key))
        {
            set();
        }
    }
}
