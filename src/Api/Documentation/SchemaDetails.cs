using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Api.Documentation;

/// <summary>Adds what the framework does not detect: types behind JSON converters, and allowed values as enums.</summary>
internal sealed class SchemaDetails : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var value = Nullable.GetUnderlyingType(type);
        if (type == typeof(JsonField))
        {
            Describe(schema, context.JsonPropertyInfo?.AttributeProvider);
        }
        else if (Converted(value ?? type) is { } converted)
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

    /// <summary>Describes a leniently parsed field by the type that it must have.</summary>
    private static void Describe(OpenApiSchema schema, ICustomAttributeProvider? property)
    {
        schema.Type = JsonSchemaType.String;
        if (property is null)
        {
            return;
        }

        if (property.IsDefined(typeof(RangeAttribute), inherit: false))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.Integer, "int32");
        }

        schema.Type |= JsonSchemaType.Null;
    }

    private static JsonSchemaType? Converted(Type type) =>
        type == typeof(DateTime) ? JsonSchemaType.String : type == typeof(decimal) ? JsonSchemaType.Number : null;
}
