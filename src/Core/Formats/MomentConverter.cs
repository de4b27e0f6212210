using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OtpPipeline.Core.Formats;

/// <summary>Writes a UTC time in RFC 3339 with exactly its decimals.</summary>
/// <remarks>The time shown is the time that counts: an OTP never verifies after the dateExpires that its client read.</remarks>
public sealed class MomentConverter : JsonConverter<DateTime>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTime().ToUniversalTime();

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, Format, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }
}
