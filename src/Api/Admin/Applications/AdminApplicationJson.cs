using System.Text.Json.Serialization;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.Admin.Applications;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AdminApplicationPage))]
[JsonSerializable(typeof(AdminApplication))]
[JsonSerializable(typeof(AdminApplicationCreated))]
[JsonSerializable(typeof(AdminKey))]
[JsonSerializable(typeof(AdminKeyCreated))]
[JsonSerializable(typeof(AdminIdentifier))]
[JsonSerializable(typeof(AdminIdentifierCreated))]
[JsonSerializable(typeof(AdminWebhookSecretCreated))]
internal sealed partial class AdminApplicationJson : JsonSerializerContext
{
    public static readonly AdminApplicationJson Plain = new(ApiJson.NewOptions());
}
