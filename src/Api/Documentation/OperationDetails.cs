using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.Documentation;

/// <summary>Adds headers to each response, and to each error response examples of its errors, as the Api writes them.</summary>
internal sealed class OperationDetails : IOpenApiOperationTransformer
{
    private static readonly Dictionary<string, IOpenApiHeader> Headers = new(StringComparer.Ordinal)
    {
        ["X-Request-Id"] = Header("Id of the request, as logs and traces have it", JsonSchemaType.String),
        ["X-Response-Time"] = Header("Milliseconds", JsonSchemaType.String),
        ["X-Rate-Limit-Limit"] = Header("Requests per minute that are allowed", JsonSchemaType.Integer),
        ["X-Rate-Limit-Remaining"] = Header("Further requests in this minute", JsonSchemaType.Integer),
    };

    private static readonly Dictionary<string, IOpenApiHeader> RetryHeaders = new(StringComparer.Ordinal)
    {
        ["Retry-After"] = Header("Seconds after which the same request may succeed", JsonSchemaType.Integer),
    };

    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var declared = metadata.OfType<EndpointErrors>().ToList();
        var responses = operation.Responses!;
        var byStatus = declared.SelectMany(d => d.Errors.Select(e => (d.Format, Error: e))).Distinct()
            .GroupBy(e => e.Format.StatusOf(e.Error));
        foreach (var group in byStatus)
        {
            var (response, examples) = Response(responses, group.Key);
            var errors = group.ToList();
            response.Description = errors is [var (_, only)] ? only.Message
                : $"Codes {string.Join(", ", errors.Select(e => e.Error.Code).Distinct().Order())}";
            response.Headers = group.Key is 429 or 503 ? RetryHeaders : null;
            foreach (var (format, error) in errors)
            {
                var id = ErrorCodes.NameOf(error);
                var body = await BodyAsync(context, http => format.WriteAsync(http, error, group.Key));
                context.Document!.AddComponent(id, new OpenApiExample { Summary = error.Message, Value = body });
                examples[id] = new OpenApiExampleReference(id, context.Document);
            }
        }

        foreach (var shown in metadata.OfType<ShownAnswer>())
        {
            var (_, examples) = Response(responses, shown.Status);
            foreach (var (name, answer) in shown.Examples)
            {
                examples[name] = new OpenApiExample { Value = await BodyAsync(context, answer.ExecuteAsync) };
            }
        }

        operation.Responses = [];
        foreach (var (status, response) in responses.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            operation.Responses[status] = response;
            if (declared.Count > 0 && status.StartsWith('2'))
            {
                ((OpenApiResponse)response).Headers = Headers;
            }
        }
    }

    private static (OpenApiResponse Response, IDictionary<string, IOpenApiExample> Examples) Response(
        OpenApiResponses responses, int status)
    {
        var response = (OpenApiResponse)responses[status.ToString(CultureInfo.InvariantCulture)];
        return (response, response.Content!.Values.Single().Examples ??= new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal));
    }

    /// <summary>The body that an endpoint of the API writes.</summary>
    private static async Task<JsonNode?> BodyAsync(OpenApiOperationTransformerContext context, Func<HttpContext, Task> write)
    {
        var path = $"/{context.Description.RelativePath}".Replace("{", "", StringComparison.Ordinal)
            .Replace("}", "", StringComparison.Ordinal);
        using var body = new MemoryStream();
        var http = new DefaultHttpContext
        {
            RequestServices = new ServicesOfOneMoment(context.ApplicationServices),
            Request = { Path = path },
            Response = { Body = body },
        };
        http.Features.Set(context.Description.ActionDescriptor.EndpointMetadata.OfType<IErrorFormat>().LastOrDefault());
        await write(http);
        var bytes = body.ToArray();
        return http.Response.ContentType is "text/plain" ? JsonValue.Create(Encoding.UTF8.GetString(bytes)) : JsonNode.Parse(bytes);
    }

    private static OpenApiHeader Header(string description, JsonSchemaType type) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = type } };

    /// <summary>A fixed clock for bodies with a time, so that every process builds the same document.</summary>
    private sealed class ServicesOfOneMoment(IServiceProvider services) : TimeProvider, IServiceProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);

        public object? GetService(Type serviceType) => serviceType == typeof(TimeProvider) ? this : services.GetService(serviceType);
    }
}
