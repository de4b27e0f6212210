using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Database;
using OtpPipeline.Storage.SqlServer;
using Xunit;

namespace OtpPipeline.Tests.Shared;

/// <summary>The SQL Server that OTP_TEST_SQLSERVER names, where it names one.</summary>
internal static class SqlServers
{
    private const string Variable = "OTP_TEST_SQLSERVER";

    /// <summary>For fixtures, which cannot skip.</summary>
    public static bool AreThere => Server is { Length: > 0 };

    private static string? Server => Environment.GetEnvironmentVariable(Variable);

    public static void SkipWithout() => Assert.SkipUnless(AreThere, $"{Variable} names no SQL Server");

    /// <summary>The connection string of a database that a migration is to create.</summary>
    public static string NewDatabase() =>
        new SqlConnectionStringBuilder(Server) { InitialCatalog = $"tests_{Guid.NewGuid():N}" }.ConnectionString;

    public static async Task MigrateAsync(string connection)
    {
        await using var context = NewContext(connection);
        await context.Database.MigrateAsync();
    }

    public static async Task DropAsync(string connection)
    {
        await using var context = NewContext(connection);
        await context.Database.EnsureDeletedAsync();
    }

    private static OtpDbContext NewContext(string connection)
    {
        var options = new DbContextOptionsBuilder<OtpDbContext>();
        options.UseSqlServerStorage(connection);
        return new(options.Options);
    }
}
