using System.Globalization;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
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
using OtpPipeline.Outbox;
using OtpPipeline.Storage.SqlServer.Callbacks;
using OtpPipeline.Storage.SqlServer.Deliveries;
using OtpPipeline.Storage.SqlServer.Otps;
using OtpPipeline.Storage.SqlServer.Outbox;
using OtpPipeline.Storage.SqlServer.Receipts;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer;

/// <summary>Registers storage on SQL Server.</summary>
public static class SqlServerStorage
{
    /// <summary>Registers the DbContext, the stores and the outbox over one connection pool.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connectionString">A SqlClient connection string; its own settings stay unchanged.</param>
    /// <exception cref="ArgumentException">The connection string cannot be read, or names no server or no database.</exception>
    public static IServiceCollection AddSqlServerStorage(this IServiceCollection services, string connectionString)
    {
        var settings = new SqlConnectionStringBuilder(connectionString);
        if (settings.DataSource.Length == 0 || settings.InitialCatalog.Length == 0)
        {
            // Without a database the server takes the login's, which is master for most.
            throw new ArgumentException("A server or a database is missing.", nameof(connectionString));
        }

        // Unbatched requests wait for a connection here, as on PostgreSQL.
        if (!settings.ShouldSerialize("Max Pool Size"))
        {
            settings.MaxPoolSize = 30;
        }

        // Settings that exclude each other are refused here, not at the first request.
        new SqlConnection(settings.ConnectionString).Dispose();
        var database = new SqlServerDatabase(() => new SqlConnection(settings.ConnectionString));
        services.AddPooledDbContextFactory<OtpDbContext>(
            options => options.UseSqlServerStorage(settings.ConnectionString).AddInterceptors(CallbackUrlEncryption.Instance));
        return services.AddSqlServerStores(database);
    }

    /// <summary>Configures a context for SQL Server with the migrations in this assembly.</summary>
    /// <param name="options">The context's options.</param>
    /// <param name="connectionString">A SqlClient connection string.</param>
    public static DbContextOptionsBuilder UseSqlServerStorage(this DbContextOptionsBuilder options, string connectionString)
        => options
            .UseSqlServer(connectionString, server => server.MigrationsAssembly(typeof(SqlServerStorage).Assembly.GetName().Name))
            .ReplaceService<IModelCustomizer, SqlServerModel>();

    internal static IServiceCollection AddSqlServerStores(this IServiceCollection services, SqlServerDatabase database)
    {
        StoreFailures.Use(SqlServerErrors.Read);
        services.AddSingleton(database);
        services.AddSingleton<StoreCheck>(new SqlServerCheck(database).RunAsync);
        services.AddSingleton<LockTimeoutSql>(
            milliseconds => string.Create(CultureInfo.InvariantCulture, $"SET LOCK_TIMEOUT {milliseconds}"));
        services.AddSingleton<IOtpStore, SqlServerOtpStore>();
        services.AddSingleton<IIntakeStore, SqlServerOtpStore>();
        services.AddSingleton<IOtpSearch, SqlServerOtpSearch>();
        services.AddSingleton<IStepStore, SqlServerStepStore>();
        services.AddSingleton<IDeliveryStore, SqlServerDeliveryStore>();
        services.AddSingleton<IReleaseStore, SqlServerDeliveryStore>();
        services.AddSingleton<IReceiptStore, SqlServerReceiptStore>();
        services.AddSingleton<IProviderStore, SqlServerProviderStore>();
        services.AddSingleton<ICallbackStore, SqlServerCallbackStore>();
        services.AddSingleton<IPermitStore, SqlServerPermitStore>();
        services.AddSingleton<IMessageSlotStore, SqlServerMessageSlotStore>();
        services.AddSingleton<ISandboxStore, SqlServerSandboxStore>();
        services.AddSingleton<IMissStore, SqlServerMissStore>();
        services.AddSingleton<IOutboxStore, SqlServerOutbox>();
        return services.AddSingleton<IInbox, SqlServerInbox>();
    }
}
