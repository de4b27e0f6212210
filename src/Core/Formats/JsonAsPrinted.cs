using System.Text.Json;
using System.Text.Json.Serialization;

namespace OtpPipeline.Core.Formats;

/// <summary>Writes a value as its masked ToString, so that structured logs and dumps show no more. It is never read back.</summary>
/// <typeparam name="T">A type that holds a secret.</typeparam>
internal sealed class JsonAsPrinted<T> : JsonConverter<T>
    where T : notnull
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException($"{typeof(T).Name} is never read from JSON.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
