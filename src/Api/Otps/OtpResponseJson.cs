using System.Text.Json.Serialization;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Api.Otps;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OtpAnswer))]
[JsonSerializable(typeof(OtpPageAnswer))]
[JsonSerializable(typeof(VerifyAnswerBody))]
[JsonSerializable(typeof(CancelAnswer))]
internal sealed partial class OtpResponseJson : JsonSerializerContext
{
    public static readonly OtpResponseJson Plain = new(ApiJson.NewOptions());
}
