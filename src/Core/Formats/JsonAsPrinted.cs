using System.Text.Json;
using System.Text.Json.Serialization;

namespace OtpPipeline.Core.Formats;

/// <summary>
/// Writes what prints itself masked in the same way, so that a structured log or a dump shows no more than ToString. It is never read back.
/// </summary>
/// <typeparam name="T">A type that holds a secret.</typeparam>
internal sealed class JsonAsPrinted<T> : JsonConverter<T>
    where T : notnull
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException($"{typeof(T).Name} is never read from JSON.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
