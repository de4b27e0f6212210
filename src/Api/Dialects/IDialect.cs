using Microsoft.OpenApi;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Dialects;

/// <summary>
/// The wire of a service that this one replaces: its paths, and the body of every answer on them. A dialect translates to the same intake, verification and
/// cancellation as every other door, and knows nothing that they do not.
/// </summary>
internal interface IDialect
{
    /// <summary>As people write it. It is the dialect's section in the configuration and, in lower case, its OpenAPI document.</summary>
    string Name { get; }

    DialectOptions Options { get; }

    /// <summary>Whether a path without the prefix belongs to the dialect, whether or not there is anything at it.</summary>
    bool Owns(PathString path);

    /// <summary>The path that routing is to see for one of its own, where its clients write more than one.</summary>
    PathString Normalise(PathString path) => path;

    /// <summary>Maps the endpoints.</summary>
    void Map(IEndpointRouteBuilder routes);

    /// <summary>Answers what an endpoint did not answer itself: an unknown path, a wrong method, a key or a limit that was judged before it, a failure.</summary>
    /// <param name="http">The request.</param>
    /// <param name="refusal">Why.</param>
    /// <param name="status">As HTTP has it.</param>
    Task RefuseAsync(HttpContext http, Refusal refusal, int status);

    /// <summary>How its callers show who they are, for the description.</summary>
    OpenApiSecurityScheme Security { get; }
}
