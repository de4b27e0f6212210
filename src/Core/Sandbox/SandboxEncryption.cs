using System.Text.Json.Serialization;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Sandbox;

/// <summary>Encrypts sandbox messages and callbacks.</summary>
public static class SandboxEncryption
{
    public static byte[] EncryptSandbox(this OtpSecrets secrets, Guid messageId, SandboxContent content) =>
        secrets.EncryptJson("sandbox", messageId, content, SandboxJson.Default.SandboxContent);

    public static SandboxContent DecryptSandbox(this OtpSecrets secrets, SandboxMessage message) =>
        secrets.DecryptJson("sandbox", message.Id, message.Content, SandboxJson.Default.SandboxContent);

    public static byte[] EncryptSandboxCallback(this OtpSecrets secrets, Guid callbackId, SandboxCallbackContent content) =>
        secrets.EncryptJson("sandbox-callback", callbackId, content, SandboxJson.Default.SandboxCallbackContent);

    public static SandboxCallbackContent DecryptSandboxCallback(this OtpSecrets secrets, SandboxCallback callback) =>
        secrets.DecryptJson("sandbox-callback", callback.Id, callback.Content, SandboxJson.Default.SandboxCallbackContent);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SandboxContent))]
[JsonSerializable(typeof(SandboxCallbackContent))]
internal sealed partial class SandboxJson : JsonSerializerContext;
