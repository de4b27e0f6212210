using Microsoft.OpenApi;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.CompatibleApis;

/// <summary>
/// A service that this one replaces: its paths, and the body of every answer on them. It translates to the same intake, verification and
/// cancellation as every other API, and knows nothing that they do not.
/// </summary>
internal interface ICompatibleApi : IErrorFormat
{
    /// <summary>As people write it. It is the API's section in the configuration and, in lower case, its OpenAPI document.</summary>
    string Name { get; }

    CompatibleApiOptions Options { get; }

    /// <summary>Whether a path without the prefix belongs to the API, whether or not there is anything at it.</summary>
    bool Owns(PathString path);

    /// <summary>The path that routing is to see for one of its own, where its clients write more than one.</summary>
    PathString Normalise(PathString path) => path;

    /// <summary>Maps the endpoints.</summary>
    void Map(IEndpointRouteBuilder routes);

    /// <summary>Maps its calls for operators below /admin/applications, whether or not the API is on.</summary>
    void MapAdmin(RouteGroupBuilder applications)
    {
    }

    /// <summary>How its callers show who they are, for the description.</summary>
    OpenApiSecurityScheme Security { get; }

    /// <summary>Registers what it needs beside its options.</summary>
    static virtual void AddServices(IServiceCollection services)
    {
    }
}
