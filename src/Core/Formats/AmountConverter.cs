using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OtpPipeline.Core.Formats;

/// <summary>Writes an amount as a JSON number with a decimal point (0.0), as the clients' typed models require.</summary>
public sealed class AmountConverter : JsonConverter<decimal>
{
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDecimal();

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[40];
        value.TryFormat(text, out var length, "0.0#####", CultureInfo.InvariantCulture);
        writer.WriteRawValue(text[..length], skipInputValidation: true);
    }
}
