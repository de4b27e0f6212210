using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.CompatibleApis.BizMagnets;

/// <summary>Section <c>BizMagnets</c>.</summary>
public sealed class BizMagnetsOptions : CompatibleApiOptions
{
    public const string Section = "BizMagnets";

    /// <summary>A refused verification is answered with 403, 404 or 410, by what stands against it, and not with the one answer that the service had. Off by default.</summary>
    public bool DistinctStatuses { get; set; }
}

/// <summary>The wire of BizMagnets' WhatsApp OTP API: two calls below /otp, which the native API has beside it.</summary>
internal sealed class BizMagnetsApi(IOptions<BizMagnetsOptions> options) : ICompatibleApi
{
    private const string Send = "sendOTP";
    private const string Verify = "verifyOTP";

    /// <summary>What may stand before /otp, each with a part of the operations' names.</summary>
    private static readonly (string Path, string Name)[] Roots = [("", ""), ("/api", "Api"), ("/dev", "Dev")];

    public string Name => BizMagnetsOptions.Section;

    public CompatibleApiOptions Options => options.Value;

    public OpenApiSecurityScheme Security => new() { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyHandler.Header };

    public Type BodyType => typeof(BizMagnetsError);

    public bool Owns(PathString path)
    {
        var below = path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase, out var rest) || path.StartsWithSegments("/dev", StringComparison.OrdinalIgnoreCase, out rest) ? rest : path;
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
            group.MapPost($"{path}/otp/{{config}}/{Send}", BizMagnetsSend.HandleAsync).Takes(typeof(BizMagnetsSendBody)).DescribeCompatibleApi(
                $"bizMagnets{name}SendOtp", "Send an OTP over WhatsApp", "201 means that the OTP and its delivery are stored durably.",
                (201, "Accepted", typeof(BizMagnetsAnswer)), (400, "A field is missing or wrong", typeof(BizMagnetsError)), (401, "The API key is missing or not valid", typeof(BizMagnetsError)),
                (403, "The key or the application may not send this", typeof(BizMagnetsError)), (404, "The application has no such config", typeof(BizMagnetsError)),
                (429, "Too many requests, or too many OTPs for this number", typeof(BizMagnetsError)), (500, "The server failed", typeof(BizMagnetsError)));
            group.MapPost($"{path}/otp/{{otpId}}/{Verify}", BizMagnetsVerify.HandleAsync).Takes(typeof(BizMagnetsVerifyBody)).DescribeCompatibleApi(
                $"bizMagnets{name}VerifyOtp", "Verify an OTP", "The number must be the one that it was sent to. A error is HTTP 410 with status 403 in the body, unless BizMagnets:DistinctStatuses says otherwise.",
                (200, "The OTP was right, and is used now", typeof(BizMagnetsAnswer)), (400, "A field is missing or wrong", typeof(BizMagnetsError)),
                (401, "The API key is missing or not valid", typeof(BizMagnetsError)), (410, "Refused: wrong, expired, used, cancelled, exhausted or unknown", typeof(BizMagnetsError)),
                (429, "Too many requests, or too many wrong OTPs for this number", typeof(BizMagnetsError)), (500, "The server failed", typeof(BizMagnetsError)));
        }
    }

    public Task WriteAsync(HttpContext http, OtpError error, int status) => BizMagnetsAnswers.WriteErrorAsync(http, status, status, error.Message);
}
