using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>Section <c>Gupshup</c>.</summary>
public sealed class GupshupOptions : CompatibleApiOptions
{
    public const string Section = "Gupshup";
}

/// <summary>The answer format that a request named in its body.</summary>
internal sealed record GupshupFormat(GupshupShape Shape);

/// <summary>Compatible with Gupshup's two-factor APIs: the forms under /sm, the lines of incoming.php, and GatewayAPI.</summary>
internal sealed partial class GupshupApi(IOptions<GupshupOptions> options) : ICompatibleApi
{
    private const string Lines = "/apps";
    private const string Gateway = "/GatewayAPI";

    public string Name => GupshupOptions.Section;

    public CompatibleApiOptions Options => options.Value;

    public OpenApiSecurityScheme Security => new()
    {
        Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "apikey",
        Description = "A key of the application; beside it goes the two-factor key, in the field key",
    };

    public Type BodyType => typeof(GupshupAnswer);

    public bool Owns(PathString path) =>
        path.StartsWithSegments("/sm", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(Lines, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(Gateway, StringComparison.OrdinalIgnoreCase);

    /// <summary>Callers join a base URL that ends with a slash and a path that begins with one.</summary>
    public PathString Normalise(PathString path) =>
        path.Value is { } text && text.Contains("//", StringComparison.Ordinal) ? new(Slashes().Replace(text, "/")) : path;

    public void Map(IEndpointRouteBuilder routes)
    {
        const string TwoFactor = "/sm/api/ent/sms/2fa";
        const string Incoming = "/apps/TwoFactorAuth/incoming.php";
        const string Rest = "/GatewayAPI/rest";
        GupshupDescription.Send(routes.MapPost($"{TwoFactor}/sendOTP", GupshupTwoFactor.SendAsync));
        GupshupDescription.Verify(routes.MapPost($"{TwoFactor}/verifyOTP", GupshupTwoFactor.VerifyAsync));
        GupshupDescription.ChangeMessage(routes.MapPost($"{TwoFactor}/updateMessage", GupshupTwoFactor.ChangeMessageAsync));
        GupshupDescription.Incoming(routes.MapGet(Incoming, GupshupIncoming.HandleAsync));
        routes.MapMethods(Incoming, [HttpMethods.Head], GupshupIncoming.HandleAsync).ExcludeFromDescription();
        GupshupDescription.Rest(routes.MapGet(Rest, GupshupRest.HandleAsync), "gupshupRest");
        GupshupDescription.Rest(routes.MapPost(Rest, GupshupRest.HandleAsync), "gupshupRestForm");
    }

    public void MapAdmin(RouteGroupBuilder applications) => GupshupAdmin.Map(applications);

    public static void AddServices(IServiceCollection services)
    {
        services.AddSingleton<GupshupAuthentication>();
        services.AddSingleton<GupshupOtps>();
        services.AddSingleton<GupshupMessages>();
    }

    public Task WriteAsync(HttpContext http, OtpError error, int status) =>
        new GupshupResult(ShapeOf(http), GupshupCodes.OfStatus(status), status).ExecuteAsync(http);

    private GupshupShape ShapeOf(HttpContext http)
    {
        http.Request.Path.StartsWithSegments(new PathString(Options.Prefix), StringComparison.OrdinalIgnoreCase, out var path);
        if (path.StartsWithSegments(Gateway, StringComparison.OrdinalIgnoreCase))
        {
            return http.Features.Get<GupshupFormat>()?.Shape ?? GupshupRest.ShapeOf(GupshupFields.OfQuery(http.Request))
                ?? GupshupShape.RestLine;
        }

        return path.StartsWithSegments(Lines, StringComparison.OrdinalIgnoreCase)
            ? GupshupIncoming.ShapeOf(GupshupFields.OfQuery(http.Request))
            : GupshupShape.Json;
    }

    [GeneratedRegex("/{2,}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Slashes();
}
