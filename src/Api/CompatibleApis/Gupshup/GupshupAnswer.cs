using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using System.Xml.Linq;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>The body of the calls under /sm, and of incoming.php with format=json.</summary>
/// <param name="Status">Whether the call did what it was asked.</param>
/// <param name="Code">Three digits, as a text.</param>
/// <param name="Message">Its sentence.</param>
public sealed record GupshupAnswer([property: AllowedValues("success", "error")] string Status, string Code, string Message);

/// <summary>The JSON body of GatewayAPI.</summary>
public sealed record GupshupRestAnswer(GupshupRestResponse Response);

/// <summary>What is in it.</summary>
/// <param name="Status">Whether the call did what it was asked.</param>
/// <param name="Details">The sentence.</param>
/// <param name="Code">Three digits, as a text; only of an error.</param>
public sealed record GupshupRestResponse(
    [property: AllowedValues("success", "error"), JsonPropertyOrder(-2)] string Status,
    string Details,
    [property: JsonPropertyOrder(-1)] string? Code = null);

/// <summary>What sendOTP takes.</summary>
public sealed record GupshupSendBody(string Key, string Phone);

/// <summary>What verifyOTP takes.</summary>
public sealed record GupshupVerifyBody(string Key, string Phone, string Code);

/// <summary>What updateMessage takes.</summary>
public sealed record GupshupMessageBody(string Key, string Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GupshupAnswer))]
[JsonSerializable(typeof(GupshupRestAnswer))]
internal sealed partial class GupshupJson : JsonSerializerContext;

/// <summary>The format of an answer.</summary>
internal enum GupshupShape
{
    /// <summary>JSON of a status, a code and a message.</summary>
    Json,

    /// <summary>A line: status, code, sentence.</summary>
    Line,

    /// <summary>A line of GatewayAPI, which on success has the phone and a transaction instead of the code.</summary>
    RestLine,

    /// <summary>XML of GatewayAPI.</summary>
    RestXml,

    /// <summary>JSON of GatewayAPI.</summary>
    RestJson,
}

/// <summary>The result of a call.</summary>
/// <param name="Code">The code.</param>
/// <param name="OtpId">The OTP, where one was sent or verified.</param>
/// <param name="RetryAfter">When the same call may succeed, where that is known.</param>
internal readonly record struct GupshupOutcome(GupshupCode Code, Guid? OtpId = null, TimeSpan? RetryAfter = null)
{
    public static implicit operator GupshupOutcome(GupshupCode code) => new(code);
}

/// <summary>Writes an outcome as an answer; errors are also HTTP 200 by default.</summary>
internal sealed class GupshupResult(
    GupshupShape shape, GupshupOutcome outcome, int status = StatusCodes.Status200OK, string phone = "") : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (outcome.RetryAfter is { } wait)
        {
            httpContext.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
        }

        var code = outcome.Code;
        var word = code.Success ? "success" : "error";
        var number = code.Number.ToString(CultureInfo.InvariantCulture);
        return shape switch
        {
            GupshupShape.Json =>
                JsonAnswer.WriteAsync(httpContext, status, new(word, number, code.Text), GupshupJson.Default.GupshupAnswer),
            GupshupShape.RestJson => JsonAnswer.WriteAsync(
                httpContext, status, new(new(word, code.Text, code.Success ? null : number)), GupshupJson.Default.GupshupRestAnswer),
            GupshupShape.RestXml => WriteAsync(httpContext, "application/xml", Xml(word, code.Success ? null : number, code.Text)),
            GupshupShape.RestLine when code.Success =>
                WriteAsync(httpContext, "text/plain", $"{word} | {phone} | {outcome.OtpId} | {code.Text}"),
            _ => WriteAsync(httpContext, "text/plain", $"{word} | {number} | {code.Text}"),
        };
    }

    private static string Xml(string word, string? number, string text) => "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + new XElement(
        "response", new XElement("status", word), number is null ? null : new XElement("code", number),
        new XElement("details", text)).ToString(SaveOptions.DisableFormatting);

    private Task WriteAsync(HttpContext http, string mediaType, string text) =>
        JsonAnswer.WriteAsync(http, status, Encoding.UTF8.GetBytes(text), mediaType);
}
