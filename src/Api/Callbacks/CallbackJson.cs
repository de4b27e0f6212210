using System.Text.Json.Serialization;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.Callbacks;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CallbackListAnswer))]
[JsonSerializable(typeof(CallbackPageAnswer))]
[JsonSerializable(typeof(ReplayAnswer))]
[JsonSerializable(typeof(ReplayCountAnswer))]
internal sealed partial class CallbackJson : JsonSerializerContext
{
    public static readonly CallbackJson Plain = new(ApiJson.NewOptions());
}
