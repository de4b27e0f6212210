using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>Every answer of the API.</summary>
/// <param name="Status">Whether it succeeded, or the password is right.</param>
/// <param name="StatusCode">Which limit was reached.</param>
/// <param name="Message">Why it failed.</param>
/// <param name="Content">What was asked for.</param>
public sealed record PerfumerlabsAnswer(
    bool Status,
    [property: JsonPropertyName("status_code"), AllowedValues(
        "phone_limit", "email_limit", "chat_limit", "ip_limit")] string? StatusCode = null,
    string? Message = null, PerfumerlabsContent? Content = null);

/// <summary>What was asked for.</summary>
/// <param name="Target">Phone without plus sign, e-mail address or chat id.</param>
/// <param name="Password">The password.</param>
public sealed record PerfumerlabsContent(string? Target = null, string? Password = null)
{
    /// <summary>Prints nothing of it.</summary>
    public override string ToString() => nameof(PerfumerlabsContent);
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(PerfumerlabsAnswer))]
internal sealed partial class PerfumerlabsJson : JsonSerializerContext
{
    /// <summary>Writes "+" and "'" without escapes.</summary>
    public static readonly PerfumerlabsJson Plain = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

internal static class PerfumerlabsAnswers
{
    public static IResult Done() => From(new(true), StatusCodes.Status200OK);

    /// <summary>The answer for a password that matches no live one.</summary>
    public static IResult Wrong() => From(new(false), StatusCodes.Status200OK);

    public static IResult Found(PerfumerlabsContent content) => From(new(true, Content: content), StatusCodes.Status200OK);

    public static IResult Refused(string message, int status = StatusCodes.Status400BadRequest, string? code = null) =>
        From(new(false, code, message), status);

    private static JsonAnswer<PerfumerlabsAnswer> From(PerfumerlabsAnswer answer, int status) =>
        new(answer, PerfumerlabsJson.Plain.PerfumerlabsAnswer, status);
}
