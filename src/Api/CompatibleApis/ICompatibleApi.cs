using Microsoft.OpenApi;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.CompatibleApis;

/// <summary>An API compatible with a replaced service: its paths, and the body of every answer on them.</summary>
/// <remarks>It translates to the same intake, verification and cancellation as every other API, and adds no features.</remarks>
internal interface ICompatibleApi : IErrorFormat
{
    /// <summary>Display name; also the configuration section and, in lower case, the OpenAPI document.</summary>
    string Name { get; }

    CompatibleApiOptions Options { get; }

    /// <summary>Whether a path without the prefix belongs to the API, even if no endpoint has it.</summary>
    bool Owns(PathString path);

    /// <summary>The path for the routing, where clients spell one path in several ways.</summary>
    PathString Normalise(PathString path) => path;

    void Map(IEndpointRouteBuilder routes);

    /// <summary>Maps the API's operator calls below /admin/applications, even if the API is off.</summary>
    void MapAdmin(RouteGroupBuilder applications)
    {
    }

    /// <summary>How callers authenticate, for the OpenAPI document.</summary>
    OpenApiSecurityScheme Security { get; }

    /// <summary>Registers the services that the API needs, except its options.</summary>
    static virtual void AddServices(IServiceCollection services)
    {
    }
}
