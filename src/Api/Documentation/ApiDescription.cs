using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using OtpPipeline.Api.CompatibleApis;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Security;

namespace OtpPipeline.Api.Documentation;

/// <summary>OpenAPI 3.1 at /openapi/v1.json and /openapi/admin.json, and a page to read and try the first at /docs.</summary>
internal static class ApiDescription
{
    private const string AccessToken = "AccessToken";

    public static void AddApiDescription(this IServiceCollection services)
    {
        services.AddDescription(ApiDocuments.Public, document => Complete(document, "OtpPipeline", [ApiKeyHandler.SchemeName, AccessToken, Described.TokenScheme]));
        services.AddDescription(ApiDocuments.Admin, document => Complete(document, "OtpPipeline: admin", [AdminKeyHandler.SchemeName]));
        services.AddSingleton<DocumentBytes>();
    }

    private static void AddDescription(this IServiceCollection services, string name, Action<OpenApiDocument> complete) =>
        services.AddOpenApi(name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;

            // Unless told otherwise the framework adds every endpoint that belongs to no group.
            options.ShouldInclude = endpoint => name is ApiDocuments.Admin ? endpoint.GroupName is ApiDocuments.Admin : endpoint.GroupName is null;
            options.AddSchemaTransformer((schema, context, _) =>
            {
                Name(schema, context);
                return Task.CompletedTask;
            });
            options.AddDocumentTransformer((document, context, _) =>
            {
                complete(document);
                document.Servers = ApiDocuments.Servers(context.ApplicationServices);
                return Task.CompletedTask;
            });
        });

    /// <summary>The page at /docs, unless Api:Documentation is off.</summary>
    public static IApplicationBuilder UseApiDescriptionPage(this IApplicationBuilder app) =>
        !IsOn(app.ApplicationServices) ? app : app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "OtpPipeline";
            page.SwaggerEndpoint($"/openapi/{ApiDocuments.Public}.json", "OtpPipeline v1");
            foreach (var api in app.ApplicationServices.GetRequiredService<CompatibleApiRouting>().All)
            {
                page.SwaggerEndpoint($"/openapi/{api.Name.ToLowerInvariant()}.json", api.Name);
            }
        });

    /// <summary>The documents, and the way from / to the documentation. That of /admin needs the operator's key.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        var isOn = IsOn(routes.ServiceProvider);
        var page = isOn ? "/docs" : "/docs/errors";
        routes.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], () => Results.Redirect(page)).ExcludeFromDescription();
        if (!isOn)
        {
            return;
        }

        Map(routes, ApiDocuments.Public);
        Map(routes, ApiDocuments.Admin).RequireAuthorization(ApiKeys.AdminKey);
        foreach (var api in routes.ServiceProvider.GetRequiredService<CompatibleApiRouting>().All)
        {
            Map(routes, api.Name.ToLowerInvariant());
        }
    }

    private static RouteHandlerBuilder Map(IEndpointRouteBuilder routes, string name) => routes.MapMethods(
        $"/openapi/{name}.json", [HttpMethods.Get, HttpMethods.Head],
        (HttpContext http, DocumentBytes documents, CancellationToken cancellationToken) => documents.AnswerAsync(http, name, cancellationToken)).ExcludeFromDescription();

    private static bool IsOn(IServiceProvider services) => services.GetRequiredService<IOptions<ApiOptions>>().Value.Documentation;

    /// <summary>What the converters write the framework cannot guess; and numbers are read as texts too, but written as numbers only.</summary>
    private static void Name(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(DateTime))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        }
        else if (type == typeof(decimal))
        {
            (schema.Type, schema.Format, schema.Pattern) = (JsonSchemaType.Number, "double", null);
        }
        else if (type == typeof(int) || type == typeof(long))
        {
            (schema.Type, schema.Pattern) = (JsonSchemaType.Integer, null);
        }
    }

    private static void Complete(OpenApiDocument document, string title, string[] schemes)
    {
        document.Info = new()
        {
            Title = title,
            Version = "1",
            Description = "One-time passwords over SMS, e-mail, Telegram, voice call, WhatsApp and USSD. Every error code is listed at /docs/errors.",
        };
        var all = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [ApiKeyHandler.SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyHandler.Header },
            [AdminKeyHandler.SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            [AccessToken] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            [Described.TokenScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "basic" },
        };
        (document.Components ??= new()).SecuritySchemes = schemes.ToDictionary(s => s, s => all[s], StringComparer.Ordinal);

        // The token endpoint names its own.
        document.Security = [.. schemes.Where(s => !s.Equals(Described.TokenScheme, StringComparison.Ordinal)).Select(s => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(s, document)] = [] })];
    }
}
