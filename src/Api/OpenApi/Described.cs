using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;

namespace OtpPipeline.Api.OpenApi;

/// <summary>
/// Describes an endpoint that reads its body itself. The framework's own metadata for bodies would also make routing refuse
/// media types, which is the endpoint's business.
/// </summary>
internal static class Described
{
    /// <summary>HTTP Basic with the application's id and secret.</summary>
    public const string TokenScheme = "ApplicationSecret";

    private const string Json = "application/json";

    internal static readonly Dictionary<int, string> OtpErrors = new()
    {
        [400] = "A parameter, the body or the state of the OTP stands against it",
        [401] = "The API key is missing or not valid",
        [403] = "The key may not do this, or the application does not serve the number",
        [404] = "The application has no such thing",
        [409] = "The first request with this idempotency key is still running",
        [422] = "The idempotency key was used before with another command",
        [429] = "Too many requests, see Retry-After",
        [500] = "The server failed",
        [503] = "The database is unavailable, see Retry-After",
    };

    private static readonly Dictionary<int, string> Problems = new()
    {
        [400] = "A parameter or the body stands against it",
        [401] = "The admin key is missing or not valid",
        [404] = "No such thing, or no admin key is configured",
        [409] = "What is there stands against it",
        [415] = "The body is no JSON",
        [429] = "Too many requests, see Retry-After",
        [500] = "The server failed",
        [503] = "The database is unavailable, see Retry-After",
    };

    /// <summary>An endpoint under /admin.</summary>
    public static void DescribeAdmin(
        this RouteHandlerBuilder endpoint, string name, string summary, string description, Type? body, int status, Type? answer) =>
        endpoint.WithName(name).WithSummary(summary).WithDescription(description).AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        {
            if (body is not null)
            {
                operation.RequestBody = new OpenApiRequestBody { Required = true, Content = Content(await SchemaAsync(context, body, cancellationToken), Examples.From(body)) };
            }

            operation.Security = [new() { [new OpenApiSecuritySchemeReference(AdminKeyHandler.SchemeName, context.Document)] = [] }];
            operation.Responses = new()
            {
                [status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
                {
                    Description = "Success",
                    Content = answer is null ? null : Content(await SchemaAsync(context, answer, cancellationToken), Examples.From(answer)),
                },
            };
            var problem = await SchemaAsync(context, typeof(ProblemAnswer), cancellationToken);
            foreach (var (code, text) in Problems)
            {
                operation.Responses[code.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
                {
                    Description = text,
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [ProblemFormat.MediaType] = new() { Schema = problem } },
                };
            }
        });

    /// <summary>An endpoint of a compatible API, whose answers are its own.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="name">Name of the operation, unique over all APIs.</param>
    /// <param name="summary">What it does.</param>
    /// <param name="description">What a reader should know beside.</param>
    /// <param name="body">Type of the body; null for none.</param>
    /// <param name="media">Its media type.</param>
    /// <param name="answers">Each status with what it means and the type of its body, null for a plain text.</param>
    public static void DescribeCompatibleApi(
        this RouteHandlerBuilder endpoint, string name, string summary, string description, Type? body, string media, params (int Status, string Text, Type? Answer)[] answers) =>
        endpoint.WithName(name).WithSummary(summary).WithDescription(description).AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        {
            if (body is not null)
            {
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [media] = new() { Schema = await SchemaAsync(context, body, cancellationToken) } },
                };
            }

            operation.Responses = [];
            foreach (var (status, text, answer) in answers)
            {
                operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
                {
                    Description = text,
                    Content = answer is null
                        ? new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["text/plain"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } }
                        : Content(await SchemaAsync(context, answer, cancellationToken), example: null),
                };
            }
        });

    public static void Describe(
        this RouteHandlerBuilder endpoint, string name, string summary, string description, Type? body, int status, Type answer, bool idempotent = false)
    {
        endpoint.WithName(name).WithSummary(summary).WithDescription(description).AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        {
            if (body is not null)
            {
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = Content(await SchemaAsync(context, body, cancellationToken), Examples.From(body)),
                };
            }

            if (idempotent)
            {
                (operation.Parameters ??= []).Add(Examples.IdempotencyKey);
            }

            operation.Responses = new()
            {
                [status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
                {
                    Description = "Success",
                    Headers = Examples.Headers,
                    Content = Content(await SchemaAsync(context, answer, cancellationToken), Examples.From(answer)),
                },
            };
            var error = await SchemaAsync(context, typeof(ErrorAnswer), cancellationToken);
            foreach (var (code, text) in OtpErrors)
            {
                if ((code is 409 or 422 && status != StatusCodes.Status201Created) || (code == 404 && context.Description.RelativePath?.Contains('{') != true))
                {
                    continue;
                }

                operation.Responses[code.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse { Description = text, Content = Content(error, Examples.From(typeof(ErrorAnswer))) };
            }
        });
    }

    /// <summary>Objects become components with a name; lists stay where they are.</summary>
    internal static async Task<IOpenApiSchema> SchemaAsync(OpenApiOperationTransformerContext context, Type type, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(type, null, cancellationToken);
        if (type.IsGenericType || context.Document is not { } document)
        {
            return schema;
        }

        document.AddComponent(type.Name, schema);
        return new OpenApiSchemaReference(type.Name, document);
    }

    internal static Dictionary<string, OpenApiMediaType> Content(IOpenApiSchema schema, JsonNode? example) =>
        new(StringComparer.Ordinal) { [Json] = new() { Schema = schema, Example = example } };
}
