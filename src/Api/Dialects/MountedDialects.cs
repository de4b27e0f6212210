using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.Dialects;

/// <summary>The dialects that are on, and which of them a path belongs to.</summary>
internal sealed class MountedDialects(IEnumerable<IDialect> dialects)
{
    private readonly IDialect[] _dialects = [.. dialects.Where(d => d.Options.Enabled)];

    public IEnumerable<IDialect> All => _dialects;

    /// <summary>The dialect, and the path that routing is to see; null where the path belongs to none of them.</summary>
    public (IDialect Dialect, PathString Path)? Of(PathString path)
    {
        foreach (var dialect in _dialects)
        {
            var prefix = new PathString(dialect.Options.Prefix);
            if (path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase, out var rest) && dialect.Normalise(rest) is var own && dialect.Owns(own))
            {
                return (dialect, prefix.Add(own));
            }
        }

        return null;
    }
}

internal static class MountedDialectsSetup
{
    /// <summary>Before the routing: whatever happens to a request afterwards is answered in the dialect of its path.</summary>
    public static IApplicationBuilder UseDialects(this IApplicationBuilder app)
    {
        var dialects = app.ApplicationServices.GetRequiredService<MountedDialects>();
        return app.Use((http, next) =>
        {
            if (dialects.Of(http.Request.Path) is { } found)
            {
                http.Features.Set<IErrorFormat>(found.Dialect);
                http.Request.Path = found.Path;
            }

            return next(http);
        });
    }

    public static void MapDialects(this IEndpointRouteBuilder routes)
    {
        foreach (var dialect in routes.ServiceProvider.GetRequiredService<MountedDialects>().All)
        {
            dialect.Map(routes.MapGroup(dialect.Options.Prefix).WithGroupName(dialect.Name.ToLowerInvariant()).WithTags(dialect.Name));
        }
    }
}
