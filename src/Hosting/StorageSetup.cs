using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OtpPipeline.Storage.Postgres;

namespace OtpPipeline.Hosting;

/// <summary>The databases that the pipeline can keep its state in.</summary>
public enum StorageProvider
{
    /// <summary>PostgreSQL 15 or newer.</summary>
    Postgres,

    /// <summary>SQL Server.</summary>
    SqlServer,
}

/// <summary>Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>Postgres (default) or SqlServer, in any case. The connection string is ConnectionStrings:Otp.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Postgres;
}

/// <summary>Picks the database.</summary>
public static class StorageSetup
{
    private const string ProviderKey = StorageOptions.Section + ":" + nameof(StorageOptions.Provider);
    private const string ConnectionKey = "ConnectionStrings:Otp";

    /// <summary>Registers the DbContext and the stores of the configured database.</summary>
    /// <exception cref="OptionsValidationException">A key is missing or wrong; the message names it.</exception>
    public static IHostApplicationBuilder AddOtpStorage(this IHostApplicationBuilder builder)
    {
        var provider = ReadProvider(builder.Configuration[ProviderKey]);
        var connection = builder.Configuration[ConnectionKey];
        if (string.IsNullOrWhiteSpace(connection))
        {
            throw Wrong($"{ConnectionKey} is missing: set the connection string of the database.");
        }

        if (provider == StorageProvider.SqlServer)
        {
            throw Wrong($"{ProviderKey} is SqlServer, whose SQL is not there yet: use Postgres.");
        }

        try
        {
            builder.Services.AddPostgresStorage(connection);
        }
        catch (ArgumentException)
        {
            // The message of the parser quotes the connection string, which holds a password.
            throw Wrong($"{ConnectionKey} is no connection string for PostgreSQL, such as Host=127.0.0.1;Username=otp;Database=otp.");
        }

        builder.Services.Configure<StorageOptions>(o => o.Provider = provider);
        return builder;
    }

    private static StorageProvider ReadProvider(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return StorageProvider.Postgres;
        }

        return Enum.TryParse<StorageProvider>(text, ignoreCase: true, out var provider) && Enum.IsDefined(provider) && !char.IsAsciiDigit(text[0])
            ? provider
            : throw Wrong($"{ProviderKey} must be Postgres or SqlServer.");
    }

    private static OptionsValidationException Wrong(string sentence) => new(StorageOptions.Section, typeof(StorageOptions), [sentence]);
}
