using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpPipeline.Core.Database;
using OtpPipeline.Storage.Postgres;
using OtpPipeline.Storage.SqlServer;

namespace OtpPipeline.Pipeline.Tests.Storage;

/// <summary>The context on each database as far as it goes without a server.</summary>
internal static class Models
{
    private static readonly NpgsqlDataSource Nowhere = NpgsqlDataSource.Create("Host=nowhere.invalid");

    public static OtpDbContext OnPostgres()
    {
        var options = new DbContextOptionsBuilder<OtpDbContext>();
        options.UsePostgresStorage(Nowhere);
        return new(options.Options);
    }

    public static ServiceProvider SqlServerHost()
        => new ServiceCollection().AddSqlServerStorage("Server=nowhere.invalid;Database=otp").BuildServiceProvider();

    public static IReadOnlyList<ITable> Tables(this OtpDbContext context)
        => [.. context.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables];

    /// <summary>One line a column: table, column, and whether it can be null.</summary>
    public static IReadOnlyList<string> Columns(this OtpDbContext context)
        => [.. context.Tables()
            .SelectMany(table => table.Columns.Select(column => $"{table.Name}.{column.Name}{(column.IsNullable ? " null" : "")}"))
            .Order(StringComparer.Ordinal)];
}
