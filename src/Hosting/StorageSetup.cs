using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OtpPipeline.Hosting.Starting;
using OtpPipeline.Storage.Postgres;
using OtpPipeline.Storage.SqlServer;

namespace OtpPipeline.Hosting;

/// <summary>Databases that can store the pipeline's state.</summary>
public enum StorageProvider
{
    /// <summary>PostgreSQL 15 or newer.</summary>
    Postgres,

    /// <summary>SQL Server 2019 or newer.</summary>
    SqlServer,
}

/// <summary>Connection pooler between the hosts and the database.</summary>
public enum StoragePooler
{
    /// <summary>No pooler, or one that keeps a connection for a whole session.</summary>
    None,

    /// <summary>A pooler such as PgBouncer that assigns connections for each transaction.</summary>
    Transaction,
}

/// <summary>Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>Postgres (default) or SqlServer, in any case. The connection string is ConnectionStrings:Otp.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Postgres;

    /// <summary>None (default) or Transaction, in any case.</summary>
    public StoragePooler Pooler { get; set; } = StoragePooler.None;
}

/// <summary>Registers the configured database.</summary>
public static class StorageSetup
{
    private const string ProviderKey = StorageOptions.Section + ":" + nameof(StorageOptions.Provider);
    private const string PoolerKey = StorageOptions.Section + ":" + nameof(StorageOptions.Pooler);
    private const string ConnectionKey = "ConnectionStrings:Otp";

    /// <summary>Registers the DbContext and the stores of the configured database.</summary>
    /// <exception cref="OptionsValidationException">A key is missing or wrong; the message names it.</exception>
    public static IHostApplicationBuilder AddOtpStorage(this IHostApplicationBuilder builder)
    {
        var provider = Read(builder.Configuration[ProviderKey], StorageProvider.Postgres, $"{ProviderKey} must be Postgres or SqlServer.");
        var pooler = Read(builder.Configuration[PoolerKey], StoragePooler.None, $"{PoolerKey} must be None or Transaction.");
        var connection = builder.Configuration[ConnectionKey];
        if (string.IsNullOrWhiteSpace(connection))
        {
            throw Wrong($"{ConnectionKey} is missing: set the connection string of the database.");
        }

        if (provider == StorageProvider.SqlServer)
        {
            AddSqlServer(builder.Services, connection, pooler);
        }
        else
        {
            AddPostgres(builder.Services, connection, pooler);
        }

        // Before every service that uses the database.
        builder.Services.AddSingleton<StartFailure>();
        builder.Services.AddHostedService<DatabaseCheck>();
        return builder;
    }

    private static void AddPostgres(IServiceCollection services, string connection, StoragePooler pooler)
    {
        try
        {
            services.AddPostgresStorage(connection, behindPooler: pooler == StoragePooler.Transaction);
        }
        catch (ArgumentException)
        {
            // The parser's message quotes the connection string, which holds a password.
            throw Wrong($"{ConnectionKey} is no connection string for PostgreSQL, such as Host=127.0.0.1;Username=otp;Database=otp.");
        }
    }

    private static void AddSqlServer(IServiceCollection services, string connection, StoragePooler pooler)
    {
        if (pooler != StoragePooler.None)
        {
            throw Wrong($"{PoolerKey} is for PostgreSQL: set None, or remove it.");
        }

        try
        {
            services.AddSqlServerStorage(connection);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or OverflowException)
        {
            throw Wrong(
                $"{ConnectionKey} is no connection string for SQL Server with server and database, such as "
                + "Server=127.0.0.1;User Id=otp;Password=...;Database=otp.");
        }
    }

    private static T Read<T>(string? text, T byDefault, string sentence)
        where T : struct, Enum
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return byDefault;
        }

        return Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)
            && !char.IsAsciiDigit(text[0]) ? value : throw Wrong(sentence);
    }

    private static OptionsValidationException Wrong(string sentence) => new(StorageOptions.Section, typeof(StorageOptions), [sentence]);
}
