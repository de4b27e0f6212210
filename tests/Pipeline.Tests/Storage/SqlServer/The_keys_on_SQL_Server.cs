using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Database;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

public sealed class The_keys_on_SQL_Server : IDisposable
{
    private readonly ServiceProvider _host = Models.SqlServerHost();
    private readonly OtpDbContext _context;

    public The_keys_on_SQL_Server() => _context = _host.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContext();

    /// <summary>What grows with every OTP; a uniqueidentifier does not sort by time.</summary>
    [Theory]
    [InlineData("otps", "created_at")]
    [InlineData("deliveries", "created_at")]
    [InlineData("otp_changes", "occurred_at")]
    [InlineData("callbacks", "created_at")]
    [InlineData("callback_attempts", "started_at")]
    [InlineData("idempotency_keys", "expires_at")]
    [InlineData("inbox_messages", "received_at")]
    public void Append_the_rows_of_large_tables(string table, string column)
    {
        var script = _context.Database.GenerateCreateScript();

        script.Split('\n').Count(l => l.Contains(" CLUSTERED INDEX ") && l.Contains($"ON [{table}] ([{column}]")).ShouldBe(1);
        script.ShouldContain($"CONSTRAINT [pk_{table}] PRIMARY KEY NONCLUSTERED", Case.Sensitive);
    }

    [Fact]
    public void Never_cluster_a_table_twice() => Tables()
        .Where(t => t.Indexes.Count(i => IsClustered(i.MappedIndexes.First()) == true) > 1)
        .Select(t => t.Name).ShouldBeEmpty();

    [Fact]
    public void Hold_times_in_microseconds() => Tables().SelectMany(t => t.Columns)
        .Where(c => c.StoreType.StartsWith("datetime") && c.StoreType != "datetime2(6)")
        .Select(c => $"{c.Table.Name}.{c.Name}: {c.StoreType}").ShouldBeEmpty();

    public void Dispose()
    {
        _context.Dispose();
        _host.Dispose();
    }

    private static bool? IsClustered(IAnnotatable index) => (bool?)index.FindAnnotation("SqlServer:Clustered")?.Value;

    private IEnumerable<ITable> Tables() => _context.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables;
}
