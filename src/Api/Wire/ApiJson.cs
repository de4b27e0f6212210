using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using OtpPipeline.Api.Admin;
using OtpPipeline.Api.Admin.Applications;
using OtpPipeline.Api.Applications;
using OtpPipeline.Api.Callbacks;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Api.Otps;
using OtpPipeline.Api.Sandbox;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Api.Wire;

/// <summary>Every body that the Api writes, without reflection.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OtpAnswer))]
[JsonSerializable(typeof(VerifyAnswerBody))]
[JsonSerializable(typeof(CancelAnswer))]
[JsonSerializable(typeof(CallbackListAnswer))]
[JsonSerializable(typeof(CallbackPageAnswer))]
[JsonSerializable(typeof(ReplayAnswer))]
[JsonSerializable(typeof(ReplayCountAnswer))]
[JsonSerializable(typeof(IReadOnlyList<SandboxCallbackAnswer>))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(DeadLetterPage))]
[JsonSerializable(typeof(DeadLetterReplayed))]
[JsonSerializable(typeof(IReadOnlyList<SandboxMessageAnswer>))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(ApplicationListAnswer))]
[JsonSerializable(typeof(ApplicationSettingsAnswer))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(AdminApplicationPage))]
[JsonSerializable(typeof(AdminApplication))]
[JsonSerializable(typeof(AdminApplicationCreated))]
[JsonSerializable(typeof(AdminKey))]
[JsonSerializable(typeof(AdminKeyCreated))]
[JsonSerializable(typeof(AdminIdentifier))]
[JsonSerializable(typeof(AdminIdentifierCreated))]
[JsonSerializable(typeof(AdminWebhookSecretCreated))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, GupshupKeyAnswer>))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Writes "+33" and "'" as they are: the bodies are JSON, never part of a page.</summary>
    public static readonly ApiJson Plain = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
