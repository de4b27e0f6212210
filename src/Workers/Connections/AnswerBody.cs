using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using System.Text.Unicode;

namespace OtpPipeline.Workers.Connections;

/// <summary>The start of an answer's body as text, after content decoding and character decoding.</summary>
/// <param name="Text">The text that could be read.</param>
/// <param name="Problem">Stable code of why the rest is missing, such as connection_lost; null if the body is complete.</param>
internal sealed record AnswerBody(string Text, string? Problem)
{
    public const string Unreadable = "answer_unreadable";

    // Each decoder needs its own memory, and the server chooses how many. No server needs more than one, and we asked for none.
    private const int MostCodings = 2;

    private static readonly Encoding[] Marked =
        [Encoding.UTF8, Encoding.UTF32, new UTF32Encoding(
            bigEndian: true, byteOrderMark: true), Encoding.Unicode, Encoding.BigEndianUnicode];

    public static readonly AnswerBody Empty = new("", null);

    /// <summary>Reads at most this many decoded bytes. A truncated or undecodable body does not make the answer fail.</summary>
    public static async Task<AnswerBody> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        // One more byte shows whether the body is longer.
        var buffer = new byte[maxBytes + 1];
        var length = 0;
        string? problem = null;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await using var decoded = await DecompressAsync(body, response.Content.Headers.ContentEncoding, cancellationToken);
            if (decoded is null)
            {
                return new("", Unreadable);
            }

            while (length < buffer.Length && await decoded.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var read)
            {
                length += read;
            }
        }
        catch (Exception broken)
        {
            // Decoders throw several exception types. All are caught: the head was read and stays valid.
            problem = broken switch
            {
                OperationCanceledException => "timeout",
                IOException or HttpRequestException => "connection_lost",
                _ => Unreadable,
            };
        }

        if (length > maxBytes)
        {
            length = maxBytes;
            problem = "answer_too_long";
        }

        return Decode(buffer.AsSpan(0, length), response.Content.Headers.ContentType?.CharSet) is { } text
            ? new(text, problem)
            : new("", Unreadable);
    }

    /// <summary>Returns null if a coding is unknown or there are too many.</summary>
    private static async Task<Stream?> DecompressAsync(Stream body, ICollection<string> codings, CancellationToken cancellationToken)
    {
        if (codings.Count > MostCodings)
        {
            return null;
        }

        var stream = body;
        foreach (var coding in codings.Reverse())
        {
            switch (coding.ToLowerInvariant())
            {
                case "identity" or "":
                    break;
                case "gzip" or "x-gzip":
                    stream = new GZipStream(stream, CompressionMode.Decompress);
                    break;
                case "br":
                    stream = new BrotliStream(stream, CompressionMode.Decompress);
                    break;
                case "deflate":
                    stream = await InflateAsync(stream, cancellationToken);
                    break;
                default:
                    return null;
            }
        }

        return stream;
    }

    /// <summary>"deflate" means the zlib format, but many servers send raw deflate.</summary>
    private static async Task<Stream> InflateAsync(Stream body, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(body);
        var begin = await reader.ReadAtLeastAsync(2, cancellationToken);
        var isZLib = IsZLib(begin.Buffer.Slice(0, Math.Min(2, begin.Buffer.Length)).ToArray());
        reader.AdvanceTo(begin.Buffer.Start);
        return isZLib
            ? new ZLibStream(reader.AsStream(), CompressionMode.Decompress)
            : new DeflateStream(reader.AsStream(), CompressionMode.Decompress);
    }

    /// <summary>RFC 1950: method 8, and a checksum over both bytes.</summary>
    private static bool IsZLib(ReadOnlySpan<byte> head) =>
        head is [var method, var flags] && (method & 0x0F) == 8 && ((method << 8) | flags) % 31 == 0;

    /// <summary>Returns null if the character set is unknown.</summary>
    private static string? Decode(ReadOnlySpan<byte> bytes, string? charset)
    {
        if (ByMark(bytes) is { } marked)
        {
            return marked.GetString(bytes[marked.Preamble.Length..]);
        }

        var name = charset?.Trim().Trim('"', '\'').ToLowerInvariant();
        if (string.IsNullOrEmpty(name) || name is "utf-8" or "utf8")
        {
            return ByZeros(bytes) is { } wide ? wide.GetString(bytes) : OfUtf8(bytes);
        }

        var encoding = name is "utf-16" or "utf16" or "ucs-2" or "iso-10646-ucs-2" ? ByZeros(bytes)
            ?? Encoding.BigEndianUnicode : Find(name);
        return encoding?.GetString(bytes);
    }

    /// <summary>Detects the byte order mark, which takes precedence over the header. UTF-32's mark begins like UTF-16's.</summary>
    private static Encoding? ByMark(ReadOnlySpan<byte> bytes)
    {
        foreach (var encoding in Marked)
        {
            if (bytes.StartsWith(encoding.Preamble))
            {
                return encoding;
            }
        }

        return null;
    }

    /// <summary>Detects UTF-16 without a mark: a JSON, XML or plain answer begins with an ASCII character.</summary>
    private static Encoding? ByZeros(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0, not 0, ..] => Encoding.BigEndianUnicode,
        [not 0, 0, ..] => Encoding.Unicode,
        _ => null,
    };

    /// <summary>Reads invalid UTF-8 as Latin-1, the former HTTP default. A character may be cut off at the end.</summary>
    private static string OfUtf8(ReadOnlySpan<byte> bytes)
    {
        if (Rune.DecodeLastFromUtf8(bytes, out _, out var tail) != OperationStatus.Done && tail < bytes.Length
            && Utf8.IsValid(bytes[..^tail]))
        {
            bytes = bytes[..^tail];
        }

        return (Utf8.IsValid(bytes) ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes);
    }

    private static Encoding? Find(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
