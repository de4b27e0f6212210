using System.Text.Json.Serialization;

namespace OtpPipeline.Api.Responses;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class ErrorJson : JsonSerializerContext
{
    public static readonly ErrorJson Plain = new(ApiJson.NewOptions());
}
