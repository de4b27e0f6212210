namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

/// <summary>The indexes and keys of the migrated schema.</summary>
internal sealed class SchemaIndexes
{
    private readonly Dictionary<string, (HashSet<string> Names, HashSet<string> Leading)> _tables = new(StringComparer.OrdinalIgnoreCase);

    public SchemaIndexes()
    {
        using var context = SchemaModel.Context();
        foreach (var table in context.Tables())
        {
            _tables[table.Name] = (
                [.. table.Indexes.Select(i => i.Name), .. table.UniqueConstraints.Select(k => k.Name)],
                [.. table.Indexes.Select(i => i.Columns[0].Name), .. table.UniqueConstraints.Select(k => k.Columns[0].Name)]);
        }
    }

    public bool Has(string table, string index) => _tables[table].Names.Contains(index);

    /// <summary>An index of the table begins with one of these columns.</summary>
    public bool Seeks(string table, IEnumerable<string> columns) => _tables[table].Leading.Overlaps(columns);

    public bool Knows(string table) => _tables.ContainsKey(table);
}
