using Microsoft.OpenApi;
using OtpPipeline.Api.OpenApi;

namespace OtpPipeline.Api.CompatibleApis;

internal static class CompatibleApiDocument
{
    /// <summary>A compatible API's own document, which holds the endpoints of its group.</summary>
    public static void AddCompatibleApiDocument(this IServiceCollection services, string name) =>
        services.AddOpenApi(name.ToLowerInvariant(), options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;

            options.ShouldInclude = endpoint => name.Equals(endpoint.GroupName, StringComparison.OrdinalIgnoreCase);
            options.AddDocumentTransformer((document, context, _) =>
            {
                var api = context.ApplicationServices.GetServices<ICompatibleApi>().Single(d => d.Name.Equals(name, StringComparison.Ordinal));
                document.Info = new()
                {
                    Title = $"OtpPipeline for clients of {name}",
                    Version = "1",
                    Description = $"The API of {name}, served by OtpPipeline: a client changes its base URL and its key.",
                };
                (document.Components ??= new()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal) { [name] = api.Security };
                document.Security = [new() { [new OpenApiSecuritySchemeReference(name, document)] = [] }];
                document.Servers = ApiDocuments.Servers(context.ApplicationServices);
                return Task.CompletedTask;
            });
        });
}
