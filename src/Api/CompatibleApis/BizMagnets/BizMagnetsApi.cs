using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.CompatibleApis.BizMagnets;

/// <summary>Section <c>BizMagnets</c>.</summary>
public sealed class BizMagnetsOptions : CompatibleApiOptions
{
    public const string Section = "BizMagnets";

    /// <summary>Answers a refused verification with 403, 404 or 410 by its reason. Off by default.</summary>
    /// <remarks>When off, every refused verification has the one answer that BizMagnets gave.</remarks>
    public bool DistinctStatuses { get; set; }
}

/// <summary>Compatible with BizMagnets' WhatsApp OTP API: two calls below /otp, which the native API also uses.</summary>
internal sealed class BizMagnetsApi(IOptions<BizMagnetsOptions> options) : ICompatibleApi
{
    private const string Send = "sendOTP";
    private const string Verify = "verifyOTP";
    private const string WrongField = "A field is missing or wrong";
    private static readonly Guid Example = new("a17fb13d-f4ac-4d93-9439-ef41ab8de390");

    /// <summary>Prefixes of /otp, each with its part of the operation names.</summary>
    private static readonly (string Path, string Name)[] Roots = [("", ""), ("/api", "Api"), ("/dev", "Dev")];

    public string Name => BizMagnetsOptions.Section;

    public CompatibleApiOptions Options => options.Value;

    public OpenApiSecurityScheme Security =>
        new() { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyHandler.Header };

    public Type BodyType => typeof(BizMagnetsError);

    public bool Owns(PathString path)
    {
        var below = path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase, out var rest)
            || path.StartsWithSegments("/dev", StringComparison.OrdinalIgnoreCase, out rest) ? rest : path;
        return below.StartsWithSegments("/otp", StringComparison.OrdinalIgnoreCase, out var own)
            && own.Value?.Split('/') is ["", { Length: > 0 }, var call, .. var end]
            && (end is [] or [""])
            && (call.Equals(Send, StringComparison.OrdinalIgnoreCase) || call.Equals(Verify, StringComparison.OrdinalIgnoreCase));
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").RequireAuthorization(ApiKeys.OtpScope);
        foreach (var (path, name) in Roots)
        {
            group.MapPost($"{path}/otp/{{config}}/{Send}", BizMagnetsSend.HandleAsync).Takes(typeof(BizMagnetsSendBody))
                .DescribeCompatibleApi(
                $"bizMagnets{name}SendOtp", "Send an OTP over WhatsApp", "201 means that the OTP and its delivery are stored durably.",
                Succeeded(201, "Accepted"),
                Shown(400, WrongField, BizMagnetsFields.Wrong("countryCode", "is missing or empty"), OtpErrors.BodyNotJson),
                Shown(401, "The API key is missing or not valid", ApiErrors.KeyInvalid, ApiErrors.TokenInvalid),
                Shown(
                    403, "The key or the application may not send this", ApiErrors.ScopeMissing, OtpErrors.NoCoverage,
                    OtpErrors.SpendingLimit),
                Shown(404, "The application has no such config", BizMagnetsSend.ConfigUnknown),
                Shown(413, "The body is too large", OtpErrors.BodyTooLarge),
                Shown(415, "The body is not JSON", ApiErrors.MediaType, ApiErrors.ContentCoding),
                Shown(429, "Too many requests, or too many OTPs for this number", OtpErrors.TooManyRequests, CommonErrors.TooManyInAnHour),
                Shown(500, "The server failed", ApiErrors.ServerError),
                Shown(503, "The server is unavailable, or nothing sends over WhatsApp", ApiErrors.StoreAway, OtpErrors.ChannelNotServed));
            group.MapPost($"{path}/otp/{{otpId}}/{Verify}", BizMagnetsVerify.HandleAsync).Takes(typeof(BizMagnetsVerifyBody))
                .DescribeCompatibleApi(
                $"bizMagnets{name}VerifyOtp", "Verify an OTP",
                "The number must be the one that it was sent to. An error is 410 with 403 in the body, unless DistinctStatuses is on.",
                Succeeded(200, "The OTP was right, and is used now"),
                Shown(400, WrongField, BizMagnetsFields.Wrong("otp", "is missing or empty"), OtpErrors.BodyNotJson),
                Shown(401, "The API key is missing or not valid", ApiErrors.KeyInvalid, ApiErrors.TokenInvalid),
                Shown(403, "The key may not do this", ApiErrors.ScopeMissing),
                new(410, "Wrong, expired, used, cancelled, exhausted or unknown", BodyType, ("refused", BizMagnetsAnswers.NotVerified())),
                Shown(413, "The body is too large", OtpErrors.BodyTooLarge),
                Shown(415, "The body is not JSON", ApiErrors.MediaType, ApiErrors.ContentCoding),
                Shown(429, "Too many requests, or too many wrong OTPs for this number", OtpErrors.TooManyRequests, CommonErrors.CoolingOff),
                Shown(500, "The server failed", ApiErrors.ServerError), Shown(503, "The server is unavailable", ApiErrors.StoreAway));
        }
    }

    public Task WriteAsync(HttpContext http, OtpError error, int status) =>
        BizMagnetsAnswers.WriteErrorAsync(http, status, status, error.Message);

    private static ShownAnswer Succeeded(int status, string text) =>
        new(status, text, typeof(BizMagnetsAnswer), ("success", BizMagnetsAnswers.Success(Example, status)));

    private static ShownAnswer Shown(int status, string text, params OtpError[] errors) => new(
        status, text, typeof(BizMagnetsError), [.. errors.Select(e => (e.Message, (IResult)new ErrorResult(e, status)))]);
}
