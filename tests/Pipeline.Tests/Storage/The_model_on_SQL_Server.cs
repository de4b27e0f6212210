using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Database;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage;

public sealed class The_model_on_SQL_Server : IDisposable
{
    private readonly ServiceProvider _host = Models.SqlServerHost();
    private readonly OtpDbContext _context;

    public The_model_on_SQL_Server()
        => _context = _host.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContext();

    [Fact]
    public void Registration_points_the_context_at_SQL_Server()
        => _context.Database.ProviderName.ShouldBe("Microsoft.EntityFrameworkCore.SqlServer");

    [Fact]
    public void Every_entity_has_a_table_that_the_create_script_makes()
    {
        var script = _context.Database.GenerateCreateScript();

        _context.Tables().ShouldNotBeEmpty();
        foreach (var table in _context.Tables())
        {
            script.ShouldContain($"CREATE TABLE [{table.Name}] (", Case.Sensitive);
        }
    }

    [Fact]
    public void Tables_and_columns_are_those_of_PostgreSQL()
    {
        using var postgres = Models.OnPostgres();

        _context.Columns().ShouldBe(postgres.Columns());
    }

    [Fact]
    public void No_index_holds_an_unbounded_column()
        => _context.Tables()
            .SelectMany(
                table => table.Indexes.SelectMany(index => index.Columns).Concat(table.UniqueConstraints.SelectMany(key => key.Columns)))
            .Where(column => column.StoreType.EndsWith("(max)", StringComparison.Ordinal))
            .Select(column => $"{column.Table.Name}.{column.Name}")
            .ShouldBeEmpty();

    // SQL Server refuses a foreign key that lets one delete reach a table on two ways.
    [Fact]
    public void No_delete_reaches_a_table_twice()
        => _context.Tables()
            .SelectMany(
                table => Reached(table, []).GroupBy(reached => reached).Where(ways => ways.Count() > 1)
                    .Select(ways => $"{table.Name} to {ways.Key.Name}"))
            .ShouldBeEmpty();

    [Fact]
    public void No_key_is_wider_than_SQL_Server_takes()
        => _context.Tables()
            .SelectMany(table => table.UniqueConstraints)
            .Where(
                key => key.Columns.Sum(Bytes) > (key.MappedKeys.First().FindAnnotation("SqlServer:Clustered")?.Value is false ? 1700 : 900))
            .Select(key => key.Name)
            .ShouldBeEmpty();

    [Fact]
    public void Text_is_compared_to_the_letter()
        => _context.Tables()
            .SelectMany(table => table.Columns)
            .Where(column => column.StoreType.Contains("char", StringComparison.Ordinal))
            .Where(column => column.Collation is not "Latin1_General_100_BIN2")
            .Select(column => $"{column.Table.Name}.{column.Name}")
            .ShouldBeEmpty();

    [Fact]
    public void Times_are_read_as_UTC()
    {
        var times = _context.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties())
            .Where(property => property.GetColumnType() is "datetime2(6)").ToList();

        times.ShouldNotBeEmpty();
        times.ShouldAllBe(time => Read(time).Kind == DateTimeKind.Utc);
    }

    [Fact]
    public void A_command_takes_a_parameter()
    {
        using var command = _context.Database.GetDbConnection().CreateCommand();
        var parameter = command.CreateParameter();
        parameter.Value = Guid.Empty;

        parameter.DbType.ShouldBe(System.Data.DbType.Guid);
    }

    public void Dispose()
    {
        _context.Dispose();
        _host.Dispose();
    }

    private static IEnumerable<ITable> Reached(ITable table, HashSet<ITable> above)
    {
        yield return table;
        if (!above.Add(table))
        {
            yield break;
        }

        foreach (var key in table.ReferencingForeignKeyConstraints.Where(key => key.OnDeleteAction is not ReferentialAction.NoAction and not ReferentialAction.Restrict))
        {
            foreach (var reached in Reached(key.Table, above))
            {
                yield return reached;
            }
        }

        above.Remove(table);
    }

    private static int Bytes(IColumn column)
        => column.StoreType.Split('(', ')') switch
        {
            ["nvarchar", var length, ..] => 2 * int.Parse(length),
            ["varbinary", var length, ..] => int.Parse(length),
            _ => 16,
        };

    private static DateTime Read(IProperty time)
    {
        var stored = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Unspecified);
        return (DateTime?)time.GetValueConverter()?.ConvertFromProvider(stored) ?? stored;
    }
}
