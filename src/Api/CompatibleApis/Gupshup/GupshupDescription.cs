using Microsoft.OpenApi;
using OtpPipeline.Api.OpenApi;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>Describes the API's endpoints in its OpenAPI document.</summary>
internal static class GupshupDescription
{
    private static readonly GupshupCode[] Sending =
    [
        GupshupCodes.Sent, GupshupCodes.SentAgain, GupshupCodes.SentAfterExpiry, GupshupCodes.WrongKey, GupshupCodes.PhoneInvalid,
        GupshupCodes.TooSoon, GupshupCodes.MessageInvalid, GupshupCodes.NotSent,
    ];

    private static readonly GupshupCode[] Verifying =
    [
        GupshupCodes.Matched, GupshupCodes.WrongKey, GupshupCodes.PhoneInvalid, GupshupCodes.CodeInvalid,
        GupshupCodes.AttemptsExceeded, GupshupCodes.Expired,
    ];

    public static void Send(RouteHandlerBuilder endpoint) => TwoFactor(
        endpoint, "gupshupSend", "Send a code",
        "100 for a new code, 101 for a live one that is sent again unchanged, 103 for a new one after one that expired.",
        typeof(GupshupSendBody), Sending);

    public static void Verify(RouteHandlerBuilder endpoint) => TwoFactor(
        endpoint, "gupshupVerify", "Verify a code",
        "200 for the right code, 903 for a wrong one, 904 for the last allowed one, 907 for one that is expired.",
        typeof(GupshupVerifyBody), Verifying);

    public static void ChangeMessage(RouteHandlerBuilder endpoint) => TwoFactor(
        endpoint, "gupshupUpdateMessage", "Change the message of the two-factor key", "104; 906 for a message without %code%.",
        typeof(GupshupMessageBody), GupshupCodes.MessageChanged, GupshupCodes.WrongKey, GupshupCodes.MessageInvalid);

    public static void Incoming(RouteHandlerBuilder endpoint)
    {
        Describe(
            endpoint, "gupshupIncoming", "Send or verify a code",
            "With a code it is verified, without one it is sent. HEAD does the same. JSON, as of the calls under /sm, with format=json.",
            body: null, GupshupShape.Line, [.. Sending, GupshupCodes.EmailInvalid, .. Verifying]);
        Query(endpoint, ("key", true), ("phone", false), ("email", false), ("code", false), ("format", false));
    }

    public static void Rest(RouteHandlerBuilder endpoint, string name)
    {
        Describe(
            endpoint, name, "Send or verify a code",
            "method=TWO_FACTOR_AUTH; otp_code is verified, msg is sent. The answer is a line, XML or JSON; a form takes the same fields.",
            typeof(GupshupRestAnswer), GupshupShape.RestJson, [.. Sending, GupshupCodes.ParameterInvalid, .. Verifying]);
        Query(
            endpoint, ("userid", true), ("password", true), ("method", true), ("v", false), ("phone_no", true), ("msg", false),
            ("msg_type", false), ("otp_code", false), ("otpCodeLength", false), ("otpCodeType", false), ("format", false));
    }

    private static void TwoFactor(
        RouteHandlerBuilder endpoint, string name, string summary, string description, Type body, params GupshupCode[] codes) =>
        Describe(
            endpoint.TakesForm(body), name, summary, description + " Errors are HTTP 200 too.", typeof(GupshupAnswer), GupshupShape.Json,
            codes);

    private static void Describe(
        RouteHandlerBuilder endpoint, string name, string summary, string description, Type? body, GupshupShape shape, GupshupCode[] codes)
    {
        (string, IResult) Example(GupshupCode code, int status) => ($"{code.Number} {code.Text}", new GupshupResult(shape, code, status));
        ShownAnswer Shown(int status, string text, params GupshupCode[] shown) =>
            new(status, text, body, [.. shown.Distinct().Select(c => Example(c, status))]);
        endpoint.DescribeCompatibleApi(
            name, summary, description, Shown(200, "Done, or refused with a code from 901 on", codes),
            Shown(415, "The body is compressed", GupshupCodes.ParameterInvalid), Shown(429, "Too many requests", GupshupCodes.TooMany),
            Shown(500, "The server failed", GupshupCodes.NotSent), Shown(503, "The server is unavailable", GupshupCodes.NotSent));
    }

    private static void Query(RouteHandlerBuilder endpoint, params (string Name, bool Required)[] fields) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. fields.Select(f => new OpenApiParameter
            {
                Name = f.Name, In = ParameterLocation.Query, Required = f.Required,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            })];
            return Task.CompletedTask;
        });
}
