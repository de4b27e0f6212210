using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Documentation;

/// <summary>Adds headers to each response, and to each error response the errors that it stands for, as the Api writes them.</summary>
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
        var declared = context.Description.ActionDescriptor.EndpointMetadata.OfType<EndpointErrors>().ToList();
        var responses = operation.Responses!;
        var byStatus = declared.SelectMany(d => d.Errors.Select(e => (d.Format, Error: e))).Distinct().GroupBy(e => e.Format.StatusOf(e.Error));
        foreach (var group in byStatus)
        {
            var response = (OpenApiResponse)responses[group.Key.ToString(CultureInfo.InvariantCulture)];
            var errors = group.ToList();
            response.Description = errors is [var (_, only)] ? only.Message
                : $"Codes {string.Join(", ", errors.Select(e => e.Error.Code).Distinct().Order())}";
            response.Headers = group.Key is 429 or 503 ? RetryHeaders : null;
            var examples = response.Content!.Values.Single().Examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal);
            foreach (var (format, error) in errors)
            {
                examples[ErrorCodes.NameOf(error)] = await ExampleAsync(format, error, group.Key, context);
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

    /// <summary>A reference to the body that the format writes.</summary>
    private static async Task<IOpenApiExample> ExampleAsync(
        IErrorFormat format, OtpError error, int status, OpenApiOperationTransformerContext context)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = context.ApplicationServices, Response = { Body = body } };
        await format.WriteAsync(http, error, status);
        var id = ErrorCodes.NameOf(error);
        context.Document!.AddComponent(id, new OpenApiExample { Summary = error.Message, Value = JsonNode.Parse(body.ToArray()) });
        return new OpenApiExampleReference(id, context.Document);
    }

    private static OpenApiHeader Header(string description, JsonSchemaType type) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = type } };
}
