using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
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

    public static IApplicationBuilder UseApiDescriptionPage(this IApplicationBuilder app) =>
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "OtpPipeline";
            page.SwaggerEndpoint("/openapi/v1.json", "OtpPipeline v1");
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
