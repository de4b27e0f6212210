using System.Buffers;
using System.Data;
using System.Data.SqlTypes;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Data.SqlClient;

namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>Rows that one parameter carries as JSON, so that one statement with one plan serves any number of them.</summary>
/// <remarks>No table type has to be deployed for it, and its row count is not part of a plan.</remarks>
internal sealed class RowSet<T>(string name, params Column<T>[] columns)
{
    /// <summary>Goes into FROM, with an alias behind it. Text has the collation of the tables, not that of the database.</summary>
    public string Table { get; } =
        $"(SELECT {string.Join(", ", columns.Select(c => c.IsText ? $"{c.Name} COLLATE {Collation.Exact} AS {c.Name}" : c.Name))} "
        + $"FROM OPENJSON(@{name}) WITH ({string.Join(", ", columns.Select((c, i) => RowSet.Path(c.Name, c.Type, i)))}))";

    public SqlParameter Of(IEnumerable<T> rows) => RowSet.Parameter(name, json =>
    {
        foreach (var row in rows)
        {
            json.WriteStartArray();
            foreach (var column in columns)
            {
                column.Write(json, row);
            }

            json.WriteEndArray();
        }
    });
}

/// <summary>Sets of one column, and what all sets share.</summary>
internal static class RowSet
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A set of ids, read with <see cref="IdsOf"/>; in the server's order, so that transactions lock in one order.</summary>
    public static SqlParameter Ids(string name, IEnumerable<Guid> ids) => Parameter(name, json =>
    {
        foreach (var id in ids.OrderBy(id => new SqlGuid(id)))
        {
            json.WriteStringValue(id);
        }
    });

    public static string IdsOf(string name) => $"OPENJSON(@{name}) WITH (id uniqueidentifier '$')";

    internal static string Path(string name, string type, int at) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} {type} '$[{at}]'");

    internal static SqlParameter Parameter(string name, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartArray();
            write(json);
            json.WriteEndArray();
        }

        return new("@" + name, SqlDbType.NVarChar, -1) { Value = Encoding.UTF8.GetString(buffer.WrittenSpan) };
    }
}
