using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>Compatible with the Perfumerlabs OTP image: the caller supplies password and text, and gets true or false.</summary>
internal sealed class PerfumerlabsApi(IOptions<PerfumerlabsOptions> options) : ICompatibleApi
{
    private static readonly PathString[] Paths = ["/sms", "/call", "/email", "/telegram", "/limit", "/target", "/password"];

    public string Name => PerfumerlabsOptions.Section;

    public CompatibleApiOptions Options => options.Value;

    public OpenApiSecurityScheme Security => new()
    {
        Type = SecuritySchemeType.Http,
        Scheme = "basic",
        Description = $"{PerfumerlabsOptions.UsernameKey} and {PerfumerlabsOptions.PasswordKey}",
    };

    public Type BodyType => typeof(PerfumerlabsAnswer);

    public bool Owns(PathString path) => Array.Exists(Paths, p => path.StartsWithSegments(p, StringComparison.OrdinalIgnoreCase));

    public void Map(IEndpointRouteBuilder routes) => PerfumerlabsEndpoints.Map(routes, options.Value);

    public static void AddServices(IServiceCollection services)
    {
        services.AddOptions<PerfumerlabsOptions>().Configure<IConfiguration>((options, configuration) =>
        {
            options.Username = NotEmpty(configuration[PerfumerlabsOptions.UsernameKey]);
            options.Password = NotEmpty(configuration[PerfumerlabsOptions.PasswordKey]);
        });
        services.AddSingleton<PerfumerlabsCaller>();
        services.AddSingleton<TargetMisses>();
        services.AddSingleton<TelegramCodes>();
        services.AddSingleton<SendLimits>();
    }

    public Task WriteAsync(HttpContext http, OtpError error, int status)
    {
        // Without a configured application, every path of the API answers 404.
        var code = options.Value.ApplicationId is null
            && status < StatusCodes.Status500InternalServerError ? StatusCodes.Status404NotFound : status;
        return PerfumerlabsAnswers.Refused(Sentence(code, error), code).ExecuteAsync(http);
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    internal static string Sentence(int status, OtpError error) => status switch
    {
        StatusCodes.Status404NotFound => "Not found",
        StatusCodes.Status503ServiceUnavailable => "The server cannot take requests at the moment",
        >= StatusCodes.Status500InternalServerError => "The server failed",
        _ => error.Message,
    };
}
