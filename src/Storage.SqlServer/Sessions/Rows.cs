using System.Data.Common;

namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>Reads result sets and values that may be NULL.</summary>
internal static class Rows
{
    public static async Task<List<T>> ReadAllAsync<T>(DbDataReader reader, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        await reader.NextResultAsync(cancellationToken);
        return rows;
    }

    /// <summary>Reads a result set of one row, for example the clock.</summary>
    public static async Task<T> ReadOneAsync<T>(DbDataReader reader, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        (await ReadAllAsync(reader, read, cancellationToken)).Single();

    public static string? Text(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static T? Value<T>(this DbDataReader reader, int column)
        where T : struct =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    public static byte[] Bytes(this DbDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);

    public static byte[]? MaybeBytes(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.Bytes(column);

    /// <summary>A datetime2 has no time zone; ours are UTC.</summary>
    public static DateTime Time(this DbDataReader reader, int column) =>
        DateTime.SpecifyKind(reader.GetDateTime(column), DateTimeKind.Utc);

    public static DateTime? MaybeTime(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.Time(column);
}
