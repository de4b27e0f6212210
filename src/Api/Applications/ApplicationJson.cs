using System.Text.Json.Serialization;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.Applications;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(ApplicationListAnswer))]
[JsonSerializable(typeof(ApplicationSettingsAnswer))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class ApplicationJson : JsonSerializerContext
{
    public static readonly ApplicationJson Plain = new(ApiJson.NewOptions());
}
