using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Database;

namespace OtpPipeline.Storage.SqlServer;

/// <summary>Registers storage on SQL Server.</summary>
public static class SqlServerStorage
{
    /// <summary>Registers the factory of <see cref="OtpDbContext"/> for SQL Server.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connectionString">A SqlClient connection string.</param>
    public static IServiceCollection AddSqlServerStorage(this IServiceCollection services, string connectionString)
        => services.AddPooledDbContextFactory<OtpDbContext>(options => options.UseSqlServerStorage(connectionString));

    /// <summary>Configures a context for SQL Server with the migrations in this assembly.</summary>
    /// <param name="options">The context's options.</param>
    /// <param name="connectionString">A SqlClient connection string.</param>
    public static DbContextOptionsBuilder UseSqlServerStorage(this DbContextOptionsBuilder options, string connectionString)
        => options
            .UseSqlServer(connectionString, server => server.MigrationsAssembly(typeof(SqlServerStorage).Assembly.GetName().Name))
            .ReplaceService<IModelCustomizer, SqlServerModel>();
}
