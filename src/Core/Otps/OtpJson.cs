using System.Text.Json.Serialization;
using OtpPipeline.Core.Messages;

namespace OtpPipeline.Core.Otps;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OtpDetails))]
[JsonSerializable(typeof(CallerMessage))]
[JsonSerializable(typeof(string?[]))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class OtpJson : JsonSerializerContext;
