using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.CompatibleApis.BizMagnets;

/// <summary>What both calls answer with when they succeed.</summary>
/// <param name="Id">Names the OTP in the verification.</param>
/// <param name="Message">success.</param>
public sealed record BizMagnetsAnswer(Guid Id, string Message);

/// <summary>Every other answer.</summary>
/// <param name="Timestamp">UTC with milliseconds, such as 2024-10-22T11:28:35.911Z.</param>
/// <param name="Status">HTTP's number; 403 in a refused verification.</param>
/// <param name="Error">HTTP's words for it.</param>
/// <param name="Path">As received, without the query.</param>
/// <param name="Message">Which field and why; a refused verification has none.</param>
public sealed record BizMagnetsError(string Timestamp, int Status, string Error, string Path, string? Message = null);

/// <summary>What sendOTP takes, for the description only.</summary>
public sealed record BizMagnetsSendBody(string MobileNumber, string CountryCode, string? Name = null);

/// <summary>What verifyOTP takes, for the description only.</summary>
public sealed record BizMagnetsVerifyBody(string Otp, string MobileNumber, string CountryCode);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BizMagnetsAnswer))]
[JsonSerializable(typeof(BizMagnetsError))]
internal sealed partial class BizMagnetsJson : JsonSerializerContext
{
    /// <summary>Writes a path without escapes: the bodies are JSON, never part of a page.</summary>
    public static readonly BizMagnetsJson Plain = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

internal static class BizMagnetsAnswers
{
    private const string Moment = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static IResult Success(Guid id, int status) =>
        new JsonAnswer<BizMagnetsAnswer>(new(id, "success"), BizMagnetsJson.Plain.BizMagnetsAnswer, status);

    /// <summary>A refused verification, without the reason. BizMagnets sends another HTTP status than the body's.</summary>
    public static IResult NotVerified() => new Refused(StatusCodes.Status410Gone, StatusCodes.Status403Forbidden);

    /// <summary>A refused verification with one status that tells the reason, for BizMagnets:DistinctStatuses.</summary>
    public static IResult NotVerified(int status) => new Refused(status, status);

    public static Task WriteErrorAsync(HttpContext http, int httpStatus, int status, string? message)
    {
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var error = new BizMagnetsError(
            now.ToString(Moment, CultureInfo.InvariantCulture), status, ReasonPhrases.GetReasonPhrase(status), ReceivedPath(http), message);
        return JsonAnswer.WriteAsync(http, httpStatus, error, BizMagnetsJson.Plain.BizMagnetsError);
    }

    /// <summary>The request line has the path as sent; only the absolute form, which proxies get, does not begin with a slash.</summary>
    private static string ReceivedPath(HttpContext http) =>
        http.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] target
            ? target.Split('?', 2)[0]
            : http.Request.Path.ToUriComponent();

    private sealed class Refused(int httpStatus, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteErrorAsync(httpContext, httpStatus, status, message: null);
    }
}
