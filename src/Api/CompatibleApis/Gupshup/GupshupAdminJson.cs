using System.Text.Json.Serialization;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyDictionary<string, GupshupKeyAnswer>))]
internal sealed partial class GupshupAdminJson : JsonSerializerContext
{
    public static readonly GupshupAdminJson Plain = new(ApiJson.NewOptions());
}
