using System.Data;
using Microsoft.Data.SqlClient;

namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>Parameters with one value, typed as their columns, so that no comparison converts a column.</summary>
internal static class Values
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    public static SqlParameter Id(string name, Guid? value) => From(name, SqlDbType.UniqueIdentifier, value);

    public static SqlParameter Number(string name, int? value) => From(name, SqlDbType.Int, value);

    public static SqlParameter Long(string name, long value) => From(name, SqlDbType.BigInt, value);

    public static SqlParameter Flag(string name, bool value) => From(name, SqlDbType.Bit, value);

    /// <summary>A time in whole microseconds, cut as PostgreSQL's driver cuts it.</summary>
    public static SqlParameter Time(string name, DateTime? value)
    {
        var parameter = From(name, SqlDbType.DateTime2, value is { } time ? Cut(time) : null);
        parameter.Scale = 6;
        return parameter;
    }

    /// <summary>A duration in microseconds; see <see cref="Clock.Plus"/>.</summary>
    public static SqlParameter Span(string name, TimeSpan value) => Long(name, Microseconds(value));

    public static SqlParameter Text(string name, int size, string? value)
    {
        var parameter = From(name, SqlDbType.NVarChar, value);
        parameter.Size = size;
        return parameter;
    }

    /// <summary>At most 32 bytes.</summary>
    public static SqlParameter Hash(string name, byte[] value)
    {
        var parameter = From(name, SqlDbType.VarBinary, value);
        parameter.Size = 32;
        return parameter;
    }

    public static SqlParameter Bytes(string name, byte[] value)
    {
        var parameter = From(name, SqlDbType.VarBinary, value);
        parameter.Size = -1;
        return parameter;
    }

    public static DateTime Cut(DateTime time) => new(time.Ticks - (time.Ticks % TicksPerMicrosecond), time.Kind);

    public static long Microseconds(TimeSpan span) => span.Ticks / TicksPerMicrosecond;

    private static SqlParameter From(string name, SqlDbType type, object? value) =>
        new("@" + name, type) { Value = value ?? DBNull.Value };
}
