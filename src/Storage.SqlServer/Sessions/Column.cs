using System.Globalization;
using System.Text.Json;

namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>A column of the rows that a statement takes: its name, its type, and how its value is written as JSON.</summary>
internal sealed record Column<T>(string Name, string Type, Action<Utf8JsonWriter, T> Write)
{
    public bool IsText => Type.StartsWith("nvarchar", StringComparison.Ordinal);
}

/// <summary>Columns by type; the types are those of the tables, so that no join converts a column.</summary>
internal static class Column
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff";

    public static Column<T> Id<T>(string name, Func<T, Guid?> value) => new(name, "uniqueidentifier", (json, row) =>
    {
        if (value(row) is { } id)
        {
            json.WriteStringValue(id);
        }
        else
        {
            json.WriteNullValue();
        }
    });

    public static Column<T> Text<T>(string name, int length, Func<T, string?> value) =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"nvarchar({length})"), (json, row) => json.WriteStringValue(value(row)));

    public static Column<T> LongText<T>(string name, Func<T, string?> value) =>
        new(name, "nvarchar(max)", (json, row) => json.WriteStringValue(value(row)));

    public static Column<T> Number<T>(string name, Func<T, int?> value) => new(name, "int", (json, row) =>
    {
        if (value(row) is { } number)
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteNullValue();
        }
    });

    public static Column<T> Long<T>(string name, Func<T, long> value) =>
        new(name, "bigint", (json, row) => json.WriteNumberValue(value(row)));

    public static Column<T> Amount<T>(string name, Func<T, decimal> value) =>
        new(name, "decimal(18, 6)", (json, row) => json.WriteNumberValue(value(row)));

    public static Column<T> Flag<T>(string name, Func<T, bool> value) =>
        new(name, "bit", (json, row) => json.WriteBooleanValue(value(row)));

    public static Column<T> Day<T>(string name, Func<T, DateOnly> value) =>
        new(name, "date", (json, row) => json.WriteStringValue(value(row).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));

    /// <summary>Whole microseconds; the rest is cut.</summary>
    public static Column<T> Time<T>(string name, Func<T, DateTime?> value) => new(name, "datetime2(6)", (json, row) =>
        json.WriteStringValue(value(row)?.ToString(TimeFormat, CultureInfo.InvariantCulture)));

    /// <summary>A duration in microseconds; see <see cref="Clock.Plus"/>.</summary>
    public static Column<T> Span<T>(string name, Func<T, TimeSpan?> value) => new(name, "bigint", (json, row) =>
    {
        if (value(row) is { } span)
        {
            json.WriteNumberValue(Values.Microseconds(span));
        }
        else
        {
            json.WriteNullValue();
        }
    });

    /// <summary>At most 32 bytes.</summary>
    public static Column<T> Hash<T>(string name, Func<T, byte[]?> value) => Binary(name, "varbinary(32)", value);

    public static Column<T> Bytes<T>(string name, Func<T, byte[]?> value) => Binary(name, "varbinary(max)", value);

    // OPENJSON decodes base64 where its WITH clause names a binary type.
    private static Column<T> Binary<T>(string name, string type, Func<T, byte[]?> value) => new(name, type, (json, row) =>
    {
        if (value(row) is { } bytes)
        {
            json.WriteBase64StringValue(bytes);
        }
        else
        {
            json.WriteNullValue();
        }
    });
}
