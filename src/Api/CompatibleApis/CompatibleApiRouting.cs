using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.CompatibleApis;

/// <summary>Finds the enabled compatible API that a path belongs to.</summary>
internal sealed class CompatibleApiRouting(IEnumerable<ICompatibleApi> apis)
{
    private readonly ICompatibleApi[] _apis = [.. apis.Where(d => d.Options.Enabled)];

    public IEnumerable<ICompatibleApi> All => _apis;

    /// <summary>The API, and the path for the routing; null where the path belongs to no compatible API.</summary>
    public (ICompatibleApi Api, PathString Path)? From(PathString path)
    {
        foreach (var api in _apis)
        {
            var prefix = new PathString(api.Options.Prefix);
            if (path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase, out var rest) && api.Normalise(rest) is var own
                && api.Owns(own))
            {
                return (api, prefix.Add(own));
            }
        }

        return null;
    }
}

internal static class CompatibleApiRoutingSetup
{
    /// <summary>Runs before the routing, so that every later error has the format of the API that owns the path.</summary>
    public static IApplicationBuilder UseCompatibleApis(this IApplicationBuilder app)
    {
        var apis = app.ApplicationServices.GetRequiredService<CompatibleApiRouting>();
        return app.Use((http, next) =>
        {
            if (apis.From(http.Request.Path) is { } found)
            {
                http.Features.Set<IErrorFormat>(found.Api);
                http.Request.Path = found.Path;
            }

            return next(http);
        });
    }

    public static void MapCompatibleApis(this IEndpointRouteBuilder routes)
    {
        foreach (var api in routes.ServiceProvider.GetRequiredService<CompatibleApiRouting>().All)
        {
            api.Map(routes.MapGroup(api.Options.Prefix).WithGroupName(api.Name.ToLowerInvariant()).WithTags(api.Name).WithMetadata(api));
        }
    }
}
