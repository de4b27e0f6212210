using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.CompatibleApis.Beem;

/// <summary>Section <c>Beem</c>.</summary>
public sealed class BeemOptions : CompatibleApiOptions
{
    public const string Section = "Beem";
}

/// <summary>Compatible with Beem's OTP API: two calls, and an envelope with a code for every answer.</summary>
internal sealed class BeemApi(IOptions<BeemOptions> options) : ICompatibleApi
{
    private static readonly Guid Example = new("a17fb13d-f4ac-4d93-9439-ef41ab8de390");

    private static readonly BeemMessage[] OfPins =
    [
        BeemCodes.PinMissing, BeemCodes.PinIdMissing, BeemCodes.PinIdNotFound, BeemCodes.IncorrectPin, BeemCodes.PinTimeOut,
        BeemCodes.AttemptsExceeded, BeemCodes.DuplicatePin,
    ];

    public string Name => BeemOptions.Section;

    public CompatibleApiOptions Options => options.Value;

    public OpenApiSecurityScheme Security =>
        new() { Type = SecuritySchemeType.Http, Scheme = "basic", Description = "API key and secret key" };

    public Type BodyType => typeof(BeemAnswer);

    public bool Owns(PathString path) =>
        path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
            || path.StartsWithSegments("/api/v1", StringComparison.OrdinalIgnoreCase);

    public void Map(IEndpointRouteBuilder routes)
    {
        Request(routes.MapPost("/v1/request", BeemRequest.HandleAsync), "beemRequest");
        Verify(routes.MapPost("/v1/verify", BeemVerify.HandleAsync), "beemVerify");

        // Beem's own node sample posts to this path.
        Request(routes.MapPost("/api/v1/request", BeemRequest.HandleAsync), "beemApiRequest");
        Verify(routes.MapPost("/api/v1/verify", BeemVerify.HandleAsync), "beemApiVerify");
    }

    public Task WriteAsync(HttpContext http, OtpError error, int status) =>
        BeemAnswers.Refused(BeemCodes.OfStatus(status), status).ExecuteAsync(http);

    private static void Request(RouteHandlerBuilder endpoint, string name) => endpoint.Takes(typeof(BeemRequestBody)).DescribeCompatibleApi(
        name, "Send a PIN", "100 as soon as the request is accepted; every error is HTTP 200 with its code and no pinId.",
        Shown(
            200, "Accepted, or refused with a code from 101 to 110", BeemAnswers.Sent(Example, 300), BeemCodes.NotSent,
            BeemCodes.PhoneInvalid, BeemCodes.PhoneMissing, BeemCodes.ApplicationMissing, BeemCodes.ApplicationNotFound,
            BeemCodes.ApplicationInactive, BeemCodes.NoChannel, BeemCodes.NoPlaceholder, BeemCodes.CredentialsMissing),
        Shown(401, "Wrong credentials", null, BeemCodes.CredentialsWrong), Shown(415, "The body is compressed", null, BeemCodes.Unreadable),
        Shown(429, "Too many requests, or too many PINs for this number", null, BeemCodes.TooMany),
        Shown(500, "The server failed", null, BeemCodes.NotSent));

    private static void Verify(RouteHandlerBuilder endpoint, string name) => endpoint.Takes(typeof(BeemVerifyBody)).DescribeCompatibleApi(
        name, "Verify a PIN", "117 for the right PIN; an error is HTTP 200, or 403 where the application wants that.",
        Shown(
            200, "117, or refused with a code from 107 to 118", BeemAnswers.Valid(),
            [.. OfPins, BeemCodes.ApplicationInactive, BeemCodes.CredentialsMissing]),
        Shown(401, "Wrong credentials", null, BeemCodes.CredentialsWrong),
        Shown(403, "Refused, for an application with forbiddenOnRefusal", null, OfPins),
        Shown(415, "The body is compressed", null, BeemCodes.Unreadable),
        Shown(429, "Too many requests", null, BeemCodes.TooMany), Shown(500, "The server failed", null, BeemCodes.NotSent));

    private static ShownAnswer Shown(int status, string text, IResult? success, params BeemMessage[] errors) => new(
        status, text, typeof(BeemAnswer),
        [.. success is null ? [] : new[] { ("success", success) }, .. errors.Select(e => ($"{e.Code}", BeemAnswers.Refused(e, status)))]);
}
