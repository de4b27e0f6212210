using Microsoft.OpenApi;
using OtpPipeline.Api.OpenApi;

namespace OtpPipeline.Api.CompatibleApis;

internal static class CompatibleApiDocument
{
    /// <summary>Adds a separate document for a compatible API, with the endpoints of its group.</summary>
    public static void AddCompatibleApiDocument(this IServiceCollection services, string name) =>
        services.AddOpenApi(name.ToLowerInvariant(), options =>
        {
            options.ShouldInclude = endpoint => name.Equals(endpoint.GroupName, StringComparison.OrdinalIgnoreCase);
            options.AddDocumentTransformer((document, context, _) =>
            {
                var api = context.ApplicationServices.GetServices<ICompatibleApi>()
                    .Single(d => d.Name.Equals(name, StringComparison.Ordinal));
                ApiDocuments.Complete(
                    document, context.ApplicationServices, $"OtpPipeline for clients of {name}",
                    $"The API of {name}, served by OtpPipeline: a client changes its base URL and its key.");
                document.Tags = new HashSet<OpenApiTag> { new() { Name = name, Description = $"The calls of {name}." } };
                (document.Components ??= new()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal) { [name] = api.Security };
                document.Security = [new() { [new OpenApiSecuritySchemeReference(name, document)] = [] }];
                return Task.CompletedTask;
            });
        });
}
