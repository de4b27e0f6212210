using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Api.Documentation;

/// <summary>Describes the webhooks: the bodies that the workers post to otpCallbackUrl.</summary>
internal static class Webhooks
{
    public static async Task AddAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var body = await context.GetOrCreateSchemaAsync(typeof(CallbackBody), null, cancellationToken);
        ((OpenApiSchema)body.Properties!["data"]).Items = new OpenApiSchemaReference(nameof(OtpAnswer), document);
        document.AddComponent(nameof(CallbackBody), body);
        var content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            ["application/json"] = new() { Schema = new OpenApiSchemaReference(nameof(CallbackBody), document) },
        };
        var callback = new OpenApiOperation
        {
            OperationId = "otpUpdate",
            Summary = "An OTP or one of its deliveries changed",
            Description =
                "Sent at least once, with the headers of Standard Webhooks. Every attempt has the same webhook-id and the same body.",
            Tags = new HashSet<OpenApiTagReference> { new("Callbacks", document) },
            Security = [],
            Parameters =
            [
                Header(CallbackSignature.IdHeader, "Id of the callback, the same in every attempt", isRequired: true),
                Header(CallbackSignature.TimestampHeader, "Seconds since 1970", isRequired: true),
                Header(CallbackSignature.SignatureHeader, "v1 and base64 for each secret of the application", isRequired: false),
            ],
            RequestBody = new OpenApiRequestBody { Required = true, Content = content },
            Responses = new() { ["2XX"] = new OpenApiResponse { Description = "Taken; any other answer is retried" } },
        };
        document.Webhooks = new Dictionary<string, IOpenApiPathItem>(StringComparer.Ordinal)
        {
            [callback.OperationId] = new OpenApiPathItem { Operations = new() { [HttpMethod.Post] = callback } },
        };
    }

    private static OpenApiParameter Header(string name, string description, bool isRequired) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Required = isRequired,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
