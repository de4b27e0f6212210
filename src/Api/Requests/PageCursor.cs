using System.Buffers.Binary;
using System.Buffers.Text;

namespace OtpPipeline.Api.Requests;

/// <summary>The last row of a page that is ordered by time and then by id.</summary>
/// <param name="At">Its time.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct PageCursor(DateTime At, Guid Id)
{
    private const int Length = sizeof(long) + 16;

    /// <summary>Reads the cursor of a previous answer.</summary>
    public static bool TryParse(string text, out PageCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[Length];
        cursor = default;
        if (text.Length != Base64Url.GetEncodedLength(Length) || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, bytes, out _))
        {
            return false;
        }

        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        cursor = new(new(ticks, DateTimeKind.Utc), new(bytes[sizeof(long)..], bigEndian: true));
        return true;
    }

    /// <summary>The form for the query string.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, At.Ticks);
        Id.TryWriteBytes(bytes[sizeof(long)..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }
}
