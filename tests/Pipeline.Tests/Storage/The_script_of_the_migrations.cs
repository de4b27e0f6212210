using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using OtpPipeline.Core.Database;
using OtpPipeline.Storage.SqlServer;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage;

/// <summary>For operators who run SQL themselves: it may run any number of times.</summary>
public sealed class The_script_of_the_migrations
{
    [Theory]
    [InlineData("PostgreSQL")]
    [InlineData("SQL Server")]
    public void Makes_every_table_once(string database)
    {
        using var context = Migrated(database);

        var script = Script(context);

        context.Tables().Select(t => t.Name).Where(t => Made(script, t) != 1).ShouldBeEmpty();
        script.ShouldContain("IF NOT EXISTS", Case.Insensitive);
    }

    [Fact]
    public void Is_T_SQL_for_SQL_Server()
    {
        using var context = Migrated("SQL Server");
        using var reader = new StringReader(Script(context));

        new TSql150Parser(initialQuotedIdentifiers: true).Parse(reader, out var errors);

        errors.Select(e => $"line {e.Line}: {e.Message}").ShouldBeEmpty();
    }

    private static int Made(string script, string table) =>
        script.Split('\n').Count(l => l.Contains($"CREATE TABLE [{table}] (") || l.Contains($"CREATE TABLE {table} ("));

    private static string Script(OtpDbContext context) =>
        context.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);

    private static OtpDbContext Migrated(string database)
    {
        if (database is "PostgreSQL")
        {
            return Models.OnPostgres();
        }

        var options = new DbContextOptionsBuilder<OtpDbContext>();
        options.UseSqlServerStorage("Server=nowhere.invalid;Database=otp");
        return new(options.Options);
    }
}
