using System.Text.Json.Serialization;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.Sandbox;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<SandboxCallbackAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<SandboxMessageAnswer>))]
internal sealed partial class SandboxJson : JsonSerializerContext
{
    public static readonly SandboxJson Plain = new(ApiJson.NewOptions());
}
