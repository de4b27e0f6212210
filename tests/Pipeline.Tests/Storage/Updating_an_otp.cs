using Microsoft.EntityFrameworkCore.Metadata;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage;

public sealed class Updating_an_otp
{
    private static readonly string[] Changing =
        ["status", "reason", "sequence", "attempts", "verified_by", "final_at", "delivery_sequence"];

    [Fact]
    public void Adds_no_index_entry_since_no_index_has_a_column_that_changes()
    {
        using var context = Models.OnPostgres();
        var otps = context.Tables().Single(t => t.Name is "otps");

        otps.Columns.Select(c => c.Name).Intersect(Changing, StringComparer.Ordinal).Count().ShouldBe(Changing.Length);
        otps.Indexes.Where(i => Changing.Any(c => Names(i, c))).Select(i => i.Name).ShouldBeEmpty();
    }

    private static bool Names(ITableIndex index, string column) =>
        index.Columns.Any(c => string.Equals(c.Name, column, StringComparison.Ordinal))
        || (index.Filter ?? "").Split(' ').Contains(column, StringComparer.Ordinal);
}
