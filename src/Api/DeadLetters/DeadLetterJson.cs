using System.Text.Json.Serialization;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.DeadLetters;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeadLetterPage))]
[JsonSerializable(typeof(DeadLetterReplayed))]
internal sealed partial class DeadLetterJson : JsonSerializerContext
{
    public static readonly DeadLetterJson Plain = new(ApiJson.NewOptions());
}
