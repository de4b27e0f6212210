using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OtpPipeline.Api.Documentation;

/// <summary>Adds what the framework does not read: types behind JSON converters, and allowed values as enums.</summary>
internal sealed class SchemaDetails : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var value = Nullable.GetUnderlyingType(type);
        if (Converted(value ?? type) is { } converted)
        {
            schema.Type = value is null ? converted : converted | JsonSchemaType.Null;
        }

        var attributes = context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: false);
        if (attributes is [AllowedValuesAttribute allowed])
        {
            var words = schema.Items as OpenApiSchema ?? schema;
            words.Enum = [.. allowed.Values.Select(v => JsonValue.Create((string)v!))];
            if (words.Type?.HasFlag(JsonSchemaType.Null) == true)
            {
                words.Enum.Add(JsonNullSentinel.JsonNull);
            }
        }

        return Task.CompletedTask;
    }

    private static JsonSchemaType? Converted(Type type) =>
        type == typeof(DateTime) ? JsonSchemaType.String : type == typeof(decimal) ? JsonSchemaType.Number : null;
}
