using Microsoft.EntityFrameworkCore;
using Npgsql;
using OtpPipeline.Core.Database;
using OtpPipeline.Storage.Postgres;
using OtpPipeline.Storage.SqlServer;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage;

public sealed class Migrations_after_a_change_of_the_model
{
    [Theory]
    [InlineData("PostgreSQL")]
    [InlineData("SQL Server")]
    public void None_is_missing(string database)
    {
        using var context = new OtpDbContext(Options(database));

        context.Database.HasPendingModelChanges().ShouldBeFalse("tools/Migrations/README.md has the command that adds one");
    }

    private static DbContextOptions<OtpDbContext> Options(string database)
    {
        var options = new DbContextOptionsBuilder<OtpDbContext>();
        if (database is "SQL Server")
        {
            options.UseSqlServerStorage("Server=nowhere.invalid;Database=otp");
        }
        else
        {
            options.UsePostgresStorage(NpgsqlDataSource.Create("Host=nowhere.invalid"));
        }

        return options.Options;
    }
}
