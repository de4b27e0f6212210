using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Api.Security;

namespace OtpPipeline.Api.OpenApi;

/// <summary>OpenAPI 3.1 at /openapi/v1.json, and a page to read and try it at /docs.</summary>
internal static class ApiDescription
{
    private const string AccessToken = "AccessToken";

    public static void AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi("v1", options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddSchemaTransformer((schema, context, _) =>
            {
                Name(schema, context);
                return Task.CompletedTask;
            });
            options.AddDocumentTransformer((document, _, _) =>
            {
                Complete(document);
                return Task.CompletedTask;
            });
        });

    /// <summary>A dialect's own document, which holds the endpoints of its group.</summary>
    public static void AddDialectDescription(this IServiceCollection services, string name) =>
        services.AddOpenApi(name.ToLowerInvariant(), options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;

            // What has no group is in every document otherwise.
            options.ShouldInclude = api => string.Equals(api.GroupName, name, StringComparison.OrdinalIgnoreCase);
            options.AddDocumentTransformer((document, context, _) =>
            {
                var dialect = context.ApplicationServices.GetServices<IDialect>().Single(d => d.Name.Equals(name, StringComparison.Ordinal));
                document.Info = new()
                {
                    Title = $"OtpPipeline for clients of {name}",
                    Version = "1",
                    Description = $"The wire of {name}, served by OtpPipeline: a client changes its base URL and its key.",
                };
                (document.Components ??= new()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal) { [name] = dialect.Security };
                document.Security = [new() { [new OpenApiSecuritySchemeReference(name, document)] = [] }];
                return Task.CompletedTask;
            });
        });

    public static IApplicationBuilder UseApiDescriptionPage(this IApplicationBuilder app) =>
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "OtpPipeline";
            page.SwaggerEndpoint("/openapi/v1.json", "OtpPipeline v1");
            foreach (var dialect in app.ApplicationServices.GetRequiredService<MountedDialects>().All)
            {
                page.SwaggerEndpoint($"/openapi/{dialect.Name.ToLowerInvariant()}.json", dialect.Name);
            }
        });

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

    private static void Complete(OpenApiDocument document)
    {
        document.Info = new()
        {
            Title = "OtpPipeline",
            Version = "1",
            Description = "One-time passwords over SMS, e-mail, Telegram, voice call, WhatsApp and USSD. Every error code is listed at /docs/errors.",
        };
        (document.Components ??= new()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [ApiKeyHandler.SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyHandler.Header },
            [AdminKeyHandler.SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            [AccessToken] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            [Described.TokenScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "basic" },
        };
        document.Security =
        [
            new() { [new OpenApiSecuritySchemeReference(ApiKeyHandler.SchemeName, document)] = [] },
            new() { [new OpenApiSecuritySchemeReference(AccessToken, document)] = [] },
        ];
    }
}
