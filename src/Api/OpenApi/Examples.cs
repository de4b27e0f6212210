using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Api.OpenApi;

/// <summary>The values that the description shows.</summary>
internal static class Examples
{
    public static readonly OpenApiParameter IdempotencyKey = new()
    {
        Name = "Idempotency-Key",
        In = ParameterLocation.Header,
        Description = "1 to 255 printable characters, bare or in quotes. The same command with the same key gets the first answer for 24 hours unless configured otherwise.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
    };

    public static readonly Dictionary<string, IOpenApiHeader> Headers = new(StringComparer.Ordinal)
    {
        ["X-Request-Id"] = Header("Id of the request, as logs and traces have it", JsonSchemaType.String),
        ["X-Response-Time"] = Header("Milliseconds", JsonSchemaType.String),
        ["X-Rate-Limit-Limit"] = Header("Requests and commands per minute of the application", JsonSchemaType.Integer),
        ["X-Rate-Limit-Remaining"] = Header("Further requests in this minute", JsonSchemaType.Integer),
    };

    private static readonly Dictionary<Type, string> Bodies = new()
    {
        [typeof(ErrorAnswer)] =
            """{"error":{"type":"invalid_pin","message":"The PIN provided does not verify","uri":"https://otp.example/docs/errors#2029","code":2029}}""",
        [typeof(OtpAnswer)] =
            """
            {"otpId":"a17fb13d-f4ac-4d93-9439-ef41ab8de390","trackId":null,"phoneNumber":"+33612246400","countryIso":"FR","status":"PENDING",
             "cost":0.0,"parts":1,"maxAttempts":4,"attempts":0,"ttl":180,"otpCallbackUrl":null,"dateCreated":"2026-11-20T10:00:00Z",
             "dateExpires":"2026-11-20T10:03:00Z","channel":"sms","recipient":"+33612246400","from":"InfoText","name":null,"locale":null,
             "reason":null,"sequence":1,"metadata":null}
            """,
    };

    public static JsonNode? From(Type body) =>
        (body.GetCustomAttribute<ExampleAttribute>()?.Json ?? Bodies.GetValueOrDefault(body)) is { } text ? JsonNode.Parse(text) : null;

    private static OpenApiHeader Header(string description, JsonSchemaType type) => new() { Description = description, Schema = new OpenApiSchema { Type = type } };
}
