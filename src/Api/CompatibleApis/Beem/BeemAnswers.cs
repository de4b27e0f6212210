using System.Text.Json.Serialization;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Pins;

namespace OtpPipeline.Api.CompatibleApis.Beem;

/// <summary>The envelope of every answer.</summary>
public sealed record BeemAnswer(BeemData Data);

/// <summary>What is in the envelope.</summary>
/// <param name="Message">What became of the call.</param>
/// <param name="PinId">Names the PIN in the verification; only where one was sent.</param>
/// <param name="PinExpiryTimeInMinutes">Life of the PIN, rounded up.</param>
/// <param name="ExpiresInSeconds">Life of the PIN.</param>
public sealed record BeemData(
    BeemMessage Message,
    [property: JsonPropertyOrder(-1)] Guid? PinId = null,
    int? PinExpiryTimeInMinutes = null, int? ExpiresInSeconds = null);

/// <summary>A code and its sentence.</summary>
public sealed record BeemMessage(int Code, string Message);

/// <summary>What POST /v1/request takes.</summary>
public sealed record BeemRequestBody(int AppId, string Msisdn);

/// <summary>What POST /v1/verify takes.</summary>
public sealed record BeemVerifyBody(Guid PinId, string Pin);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BeemAnswer))]
internal sealed partial class BeemJson : JsonSerializerContext;

internal static class BeemAnswers
{
    public static IResult Sent(Guid pinId, int ttl) => From(new(BeemCodes.Sent, pinId, (ttl + 59) / 60, ttl), StatusCodes.Status200OK);

    public static IResult Valid() => From(new(BeemCodes.ValidPin), StatusCodes.Status200OK);

    public static IResult Refused(BeemMessage message, int status = StatusCodes.Status200OK) => From(new(message), status);

    private static JsonAnswer<BeemAnswer> From(BeemData data, int status) => new(new(data), BeemJson.Default.BeemAnswer, status);
}
