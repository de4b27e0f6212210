using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.RateLimits;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Stores;
using OtpPipeline.Storage.Postgres.Callbacks;
using OtpPipeline.Storage.Postgres.Deliveries;
using OtpPipeline.Storage.Postgres.Otps;
using OtpPipeline.Storage.Postgres.Outbox;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres;

/// <summary>Keeps everything in PostgreSQL.</summary>
public static class PostgresStorage
{
    /// <summary>Registers the DbContext, the stores and the outbox over one pool of connections.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connectionString">Npgsql's; what it sets itself is left as it is.</param>
    /// <param name="behindPooler">A pooler gives out its connections by transaction: sessions have the settings of their role, and prepare
    /// nothing.</param>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public static IServiceCollection AddPostgresStorage(
        this IServiceCollection services, string connectionString, bool behindPooler = false)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default(settings, "Max Auto Prepare", () => settings.MaxAutoPrepare = behindPooler ? 0 : 64);
        Default(settings, "Auto Prepare Min Usages", () => settings.AutoPrepareMinUsages = 2);

        // Requests that are not batched wait for a connection here: three processes stay below a server's usual hundred, which refuses.
        Default(settings, "Maximum Pool Size", () => settings.MaxPoolSize = 30);

        if (!behindPooler)
        {
            // What the operator sets comes last and wins.
            settings.Options = $"{SessionSettings.Options} {settings.Options}".TrimEnd();
        }

        // No statement of ours leaves anything behind in its session, so nothing has to be reset: seven statements less for each use of a
        // connection.
        Default(settings, "No Reset On Close", () => settings.NoResetOnClose = true);

        services.AddSingleton<StoreCheck>(new PostgresCheck(settings.ConnectionString, behindPooler).RunAsync);
        services.AddSingleton(_ => new NpgsqlDataSourceBuilder(settings.ConnectionString).Build());
        services.AddPooledDbContextFactory<OtpDbContext>((provider, options) =>
            Configure(options, provider.GetRequiredService<NpgsqlDataSource>()).AddInterceptors(CallbackUrlEncryption.Instance));
        services.AddSingleton<IOtpStore, PostgresOtpStore>();
        services.AddSingleton<IIntakeStore, PostgresOtpStore>();
        services.AddSingleton<IOtpSearch, PostgresOtpSearch>();
        services.AddSingleton<IDeliveryStore, PostgresDeliveryStore>();
        services.AddSingleton<IReleaseStore, PostgresDeliveryStore>();
        services.AddSingleton<ICallbackStore, PostgresCallbackStore>();
        services.AddSingleton<IPermitStore, PostgresPermitStore>();
        services.AddSingleton<ISandboxStore, PostgresSandboxStore>();
        services.AddSingleton<IMissStore, PostgresMissStore>();
        return services.AddPostgresOutbox();
    }

    private static DbContextOptionsBuilder Configure(DbContextOptionsBuilder options, NpgsqlDataSource dataSource) =>
        options.UseNpgsql(dataSource, npgsql => npgsql.MigrationsAssembly(typeof(PostgresStorage).Assembly.GetName().Name));

    private static void Default(NpgsqlConnectionStringBuilder settings, string key, Action set)
    {
        if (!settings.ShouldSerialize(key))
        {
            set();
        }
    }
}
