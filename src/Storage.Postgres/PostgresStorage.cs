using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Deliveries.Providers;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.RateLimits;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Stores;
using OtpPipeline.Storage.Postgres.Callbacks;
using OtpPipeline.Storage.Postgres.Deliveries;
using OtpPipeline.Storage.Postgres.Otps;
using OtpPipeline.Storage.Postgres.Outbox;
using OtpPipeline.Storage.Postgres.Receipts;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres;

/// <summary>Registers storage on PostgreSQL.</summary>
public static class PostgresStorage
{
    /// <summary>Registers the DbContext, the stores and the outbox over one connection pool.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connectionString">An Npgsql connection string; its own settings stay unchanged.</param>
    /// <param name="behindPooler">True if a pooler assigns connections per transaction. Session settings then come from the role, and no
    /// statement is prepared.</param>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public static IServiceCollection AddPostgresStorage(
        this IServiceCollection services, string connectionString, bool behindPooler = false)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default(settings, "Max Auto Prepare", () => settings.MaxAutoPrepare = behindPooler ? 0 : 64);
        Default(settings, "Auto Prepare Min Usages", () => settings.AutoPrepareMinUsages = 2);

        // Unbatched requests wait for a connection here. Three processes stay below a server's usual limit of 100, above which it refuses.
        Default(settings, "Maximum Pool Size", () => settings.MaxPoolSize = 30);

        if (!behindPooler)
        {
            // The operator's options come last and win.
            settings.Options = $"{SessionSettings.Options} {settings.Options}".TrimEnd();
        }

        // Our statements leave no session state, so nothing needs a reset. This saves seven statements for each use of a connection.
        Default(settings, "No Reset On Close", () => settings.NoResetOnClose = true);

        StoreFailures.Use(NpgsqlErrors.Read);
        services.AddSingleton<StoreCheck>(new PostgresCheck(settings.ConnectionString, behindPooler).RunAsync);
        services.AddSingleton<LockTimeoutSql>(
            milliseconds => behindPooler ? null : string.Create(CultureInfo.InvariantCulture, $"SET lock_timeout = {milliseconds}"));
        services.AddSingleton(_ => new NpgsqlDataSourceBuilder(settings.ConnectionString).Build());
        services.AddPooledDbContextFactory<OtpDbContext>((provider, options) =>
            options.UsePostgresStorage(provider.GetRequiredService<NpgsqlDataSource>()).AddInterceptors(CallbackUrlEncryption.Instance));
        services.AddSingleton<IOtpStore, PostgresOtpStore>();
        services.AddSingleton<IIntakeStore, PostgresOtpStore>();
        services.AddSingleton<IOtpSearch, PostgresOtpSearch>();
        services.AddSingleton<IStepStore, PostgresStepStore>();
        services.AddSingleton<IDeliveryStore, PostgresDeliveryStore>();
        services.AddSingleton<IReleaseStore, PostgresDeliveryStore>();
        services.AddSingleton<IReceiptStore, PostgresReceiptStore>();
        services.AddSingleton<IProviderStore, PostgresProviderStore>();
        services.AddSingleton<ICallbackStore, PostgresCallbackStore>();
        services.AddSingleton<IPermitStore, PostgresPermitStore>();
        services.AddSingleton<IMessageSlotStore, PostgresMessageSlotStore>();
        services.AddSingleton<ISandboxStore, PostgresSandboxStore>();
        services.AddSingleton<IMissStore, PostgresMissStore>();
        return services.AddPostgresOutbox();
    }

    /// <summary>Configures a context for PostgreSQL with the migrations in this assembly.</summary>
    /// <param name="options">The context's options.</param>
    /// <param name="dataSource">The connections.</param>
    public static DbContextOptionsBuilder UsePostgresStorage(this DbContextOptionsBuilder options, NpgsqlDataSource dataSource) =>
        options
            .UseNpgsql(dataSource, npgsql => npgsql.MigrationsAssembly(typeof(PostgresStorage).Assembly.GetName().Name))
            .ReplaceService<IModelCustomizer, PostgresModel>();

    private static void Default(NpgsqlConnectionStringBuilder settings, string key, Action set)
    {
        if (!settings.ShouldSerialize(key))
        {
            set();
        }
    }
}
