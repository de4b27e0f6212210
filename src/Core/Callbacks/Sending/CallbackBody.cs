using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Core.Callbacks.Sending;

/// <summary>The body of a callback, as the native API has it.</summary>
/// <param name="Event">otp_update.</param>
/// <param name="Data">One element: the OTP as the change left it.</param>
public sealed record CallbackBody(string Event, IReadOnlyList<OtpAnswer> Data)
{
    private const string OtpUpdate = "otp_update";

    /// <summary>The bytes that every attempt sends.</summary>
    public static byte[] Render(
        Otp otp, OtpDetails details, Attached attached, OtpChange change, DeliveryChange? delivery, long previous) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new(OtpUpdate, [OtpAnswer.Create(otp, details, attached, change, delivery, previous)]), CallbackJson.Plain.CallbackBody);
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CallbackBody))]
internal sealed partial class CallbackJson : JsonSerializerContext
{
    public static readonly CallbackJson Plain = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
