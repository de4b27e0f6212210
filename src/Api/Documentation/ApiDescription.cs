using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using OtpPipeline.Api.Applications;
using OtpPipeline.Api.CompatibleApis;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Api.Documentation;

/// <summary>Serves OpenAPI 3.1 at /openapi/v1.json and /openapi/admin.json, and a page to try the first at /docs.</summary>
internal static class ApiDescription
{
    private const string AccessToken = "AccessToken";

    private static readonly Dictionary<string, string> Tags = new(StringComparer.Ordinal)
    {
        ["OTP"] = "Requesting, reading, verifying and cancelling one-time passwords.",
        ["Callbacks"] = "What is posted to otpCallbackUrl, and sending it again.",
        ["Applications"] = "Access tokens, and what an application may read of itself.",
        ["Sandbox"] = "What the sandbox would have sent, and what its subscriber received.",
        ["Admin"] = "Callbacks and dead letters of all applications, and providers.",
        ["Admin: applications"] = "Applications, their keys, identifiers and webhook secrets.",
    };

    private static readonly Dictionary<string, IOpenApiSecurityScheme> Schemes = new(StringComparer.Ordinal)
    {
        [ApiKeyHandler.SchemeName] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyHandler.Header,
        },
        [AdminKeyHandler.SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
        [AccessToken] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
        [TokenEndpoint.SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "basic" },
    };

    public static void AddApiDescription(this IServiceCollection services)
    {
        services.AddSingleton<DocumentBytes>();

        // Other serializer contexts write the bodies; this setting only keeps "string" out of the types of numbers.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        services.ConfigureAll<OpenApiOptions>(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.CreateSchemaReferenceId = static type =>
                type.Type == typeof(JsonField) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
            options.AddSchemaTransformer<SchemaDetails>();
            options.AddOperationTransformer<OperationDetails>();
        });
        services.AddOpenApi(ApiDocuments.Public, options =>
        {
            // By default, the framework adds every endpoint that belongs to no group.
            options.ShouldInclude = endpoint => endpoint.GroupName is null;
            options.AddDocumentTransformer(async (document, context, cancellationToken) =>
            {
                Complete(document, context, "OtpPipeline", [ApiKeyHandler.SchemeName, AccessToken], [TokenEndpoint.SchemeName]);
                await Webhooks.AddAsync(document, context, cancellationToken);
            });
        });
        services.AddOpenApi(ApiDocuments.Admin, options =>
        {
            options.ShouldInclude = endpoint => endpoint.GroupName is ApiDocuments.Admin;
            options.AddDocumentTransformer((document, context, _) =>
            {
                Complete(document, context, "OtpPipeline: admin", [AdminKeyHandler.SchemeName], []);
                return Task.CompletedTask;
            });
        });
    }

    /// <summary>Serves the page at /docs, unless Api:Documentation is off.</summary>
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

    /// <summary>Maps the documents, and a redirect from / to /docs. The document of /admin needs the operator's key.</summary>
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

    /// <summary>Requires one of the schemes for every operation, unless it names another one itself.</summary>
    private static void Complete(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, string title, string[] schemes, string[] others)
    {
        ApiDocuments.Complete(
            document, context.ApplicationServices, title,
            "One-time passwords over SMS, e-mail, Telegram, voice call, WhatsApp and USSD. Every error code is explained at /docs/errors.");
        (document.Components ??= new()).SecuritySchemes =
            schemes.Concat(others).ToDictionary(s => s, s => Schemes[s], StringComparer.Ordinal);
        document.Security =
        [
            .. schemes.Select(s => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(s, document)] = [] }),
        ];
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
        {
            tag.Description = Tags[tag.Name!];
        }
    }
}
