using Microsoft.OpenApi;
using OtpPipeline.Api.OpenApi;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>The API's endpoints in its OpenAPI document.</summary>
internal static class GupshupDescription
{
    private const string Refused = "Done, or refused with a code from 901 on";

    public static void Send(RouteHandlerBuilder endpoint) => TwoFactor(
        endpoint, "gupshupSend", "Send a code", "100 for a new code, 101 for a live one that is sent again unchanged, 103 for a new one after one that expired.", typeof(GupshupSendBody));

    public static void Verify(RouteHandlerBuilder endpoint) => TwoFactor(
        endpoint, "gupshupVerify", "Verify a code", "200 for the right code, 903 for a wrong one, 904 for the last allowed one, 907 for one that is expired.", typeof(GupshupVerifyBody));

    public static void ChangeMessage(RouteHandlerBuilder endpoint) => TwoFactor(
        endpoint, "gupshupUpdateMessage", "Change the message of the two-factor key", "104; 906 for a message without %code%.", typeof(GupshupMessageBody));

    public static void Incoming(RouteHandlerBuilder endpoint)
    {
        endpoint.DescribeCompatibleApi(
            "gupshupIncoming", "Send or verify a code", "With a code it is verified, without one it is sent. HEAD does the same. JSON, as of the calls under /sm, with format=json.",
            (200, Refused, null), (429, "Too many requests", null), (500, "The server failed", null));
        Query(endpoint, ("key", true), ("phone", false), ("email", false), ("code", false), ("format", false));
    }

    public static void Rest(RouteHandlerBuilder endpoint, string name)
    {
        endpoint.DescribeCompatibleApi(
            name, "Send or verify a code", "method=TWO_FACTOR_AUTH; with otp_code it is verified, with msg it is sent. Answers with a line, XML or JSON, as format says; a form takes the same fields.",
            (200, Refused, typeof(GupshupRestAnswer)), (429, "Too many requests", typeof(GupshupRestAnswer)), (500, "The server failed", typeof(GupshupRestAnswer)));
        Query(
            endpoint, ("userid", true), ("password", true), ("method", true), ("v", false), ("phone_no", true), ("msg", false), ("msg_type", false), ("otp_code", false),
            ("otpCodeLength", false), ("otpCodeType", false), ("format", false));
    }

    private static void TwoFactor(RouteHandlerBuilder endpoint, string name, string summary, string description, Type body) => endpoint.TakesForm(body).DescribeCompatibleApi(
        name, summary, description + " Errors are HTTP 200 too.",
        (200, Refused, typeof(GupshupAnswer)), (429, "Too many requests", typeof(GupshupAnswer)), (500, "The server failed", typeof(GupshupAnswer)));

    private static void Query(RouteHandlerBuilder endpoint, params (string Name, bool Required)[] fields) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. fields.Select(f => new OpenApiParameter
            {
                Name = f.Name, In = ParameterLocation.Query, Required = f.Required, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            })];
            return Task.CompletedTask;
        });
}
