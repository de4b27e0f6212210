using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Api.OpenApi;

/// <summary>What an OpenAPI document cannot read from a handler's signature and comments.</summary>
internal static class EndpointDescription
{
    /// <summary>The JSON body that the handler reads itself. Metadata without media types lets routing refuse none.</summary>
    public static RouteHandlerBuilder Takes<TBody>(this RouteHandlerBuilder endpoint, bool isOptional = false) =>
        endpoint.WithMetadata(new AcceptsMetadata([], typeof(TBody), isOptional)).WithErrors(CommonErrors.OfBodies);

    /// <summary>The JSON body of an endpoint of a compatible API.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, Type body) =>
        endpoint.WithMetadata(new AcceptsMetadata([], body));

    /// <summary>The form that the handler reads itself.</summary>
    public static RouteHandlerBuilder TakesForm(this RouteHandlerBuilder endpoint, Type body) =>
        endpoint.WithMetadata(new AcceptsMetadata([], body)).AddOpenApiOperationTransformer(static (operation, _, _) =>
        {
            var content = operation.RequestBody!.Content!;
            content["application/x-www-form-urlencoded"] = content["application/json"];
            content.Remove("application/json");
            return Task.CompletedTask;
        });

    /// <summary>An endpoint of a compatible API, whose answers are shown as it gives them.</summary>
    public static RouteHandlerBuilder DescribeCompatibleApi(
        this RouteHandlerBuilder endpoint, string name, string summary, string description, params ShownAnswer[] answers)
    {
        foreach (var answer in answers)
        {
            var (type, media) = answer.Body is { } body ? (body, "application/json") : (typeof(string), "text/plain");
            endpoint.WithMetadata(answer, new ProducesResponseTypeMetadata(answer.Status, type, [media]) { Description = answer.Text });
        }

        return endpoint.WithName(name).WithSummary(summary).WithDescription(description);
    }

    /// <summary>The header Idempotency-Key, which the handler reads itself.</summary>
    public static RouteHandlerBuilder TakesIdempotencyKey(this RouteHandlerBuilder endpoint) =>
        endpoint.WithErrors(OtpErrors.IdempotencyKeyInvalid).AddOpenApiOperationTransformer(static (operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = "Idempotency-Key",
                In = ParameterLocation.Header,
                Description = "The same request with the same key gets the first answer again, for 24 hours unless configured otherwise.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = OptionRules.MaxIdempotencyKey },
            });
            return Task.CompletedTask;
        });

    /// <summary>The errors that the endpoint, or each endpoint of the group, answers with.</summary>
    public static TBuilder WithErrors<TBuilder>(this TBuilder endpoints, params IReadOnlyList<OtpError> errors)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Add(endpoint =>
        {
            var format = endpoint.Metadata.OfType<IErrorFormat>().LastOrDefault() ?? NativeErrorFormat.Instance;
            endpoint.Metadata.Add(new EndpointErrors(format, errors));
            foreach (var status in errors.Select(format.StatusOf).Distinct())
            {
                endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, format.BodyType, [format.MediaType]));
            }
        });
        return endpoints;
    }
}
