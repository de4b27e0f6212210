using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

/// <summary>Finds the hints of a statement that no index of the schema can meet.</summary>
internal sealed class IndexHints(SchemaIndexes indexes) : TSqlFragmentVisitor
{
    private readonly List<string> _unmet = [];

    public static IReadOnlyList<string> Unmet(TSqlFragment fragment, SchemaIndexes indexes)
    {
        var visitor = new IndexHints(indexes);
        fragment.Accept(visitor);
        return visitor._unmet;
    }

    public override void Visit(QuerySpecification node) => Check(node, node.FromClause);

    public override void Visit(UpdateSpecification node) => Check(node, node.FromClause);

    public override void Visit(DeleteSpecification node) => Check(node, node.FromClause);

    private void Check(TSqlFragment statement, FromClause? from)
    {
        var compared = new ComparedColumns();
        statement.Accept(compared);
        foreach (var table in (from?.TableReferences ?? []).SelectMany(Tables))
        {
            var (name, alias) = (table.SchemaObject.BaseIdentifier.Value, (table.Alias ?? table.SchemaObject.BaseIdentifier).Value);
            var missing = table.TableHints.OfType<IndexTableHint>().SelectMany(h => h.IndexValues).Select(v => v.Identifier.Value)
                .Where(index => !indexes.Has(name, index));
            _unmet.AddRange(missing.Select(index => $"{name} has no index {index}"));

            var columns = compared.Of(alias);
            if (table.TableHints.Any(h => h.HintKind == TableHintKind.ForceSeek) && !indexes.Seeks(name, columns))
            {
                _unmet.Add($"{name} {alias} by {string.Join(", ", columns)}");
            }
        }
    }

    private IEnumerable<NamedTableReference> Tables(TableReference reference) => reference switch
    {
        NamedTableReference table when indexes.Knows(table.SchemaObject.BaseIdentifier.Value) => [table],
        JoinTableReference join => [.. Tables(join.FirstTableReference), .. Tables(join.SecondTableReference)],
        _ => [],
    };

    /// <summary>Columns that stand alone on a side of an equation.</summary>
    private sealed class ComparedColumns : TSqlFragmentVisitor
    {
        private readonly List<(string Alias, string Column)> _columns = [];

        public IReadOnlyList<string> Of(string alias) => [.. _columns.Where(c => c.Alias == alias).Select(c => c.Column).Distinct()];

        public override void Visit(BooleanComparisonExpression node)
        {
            if (node.ComparisonType == BooleanComparisonType.Equals)
            {
                Add(node.FirstExpression);
                Add(node.SecondExpression);
            }
        }

        private void Add(ScalarExpression side)
        {
            if (side is ColumnReferenceExpression { MultiPartIdentifier.Identifiers: [var alias, var column] })
            {
                _columns.Add((alias.Value, column.Value));
            }
        }
    }
}
