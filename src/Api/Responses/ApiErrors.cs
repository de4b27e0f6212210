using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>Errors that only HTTP has; this service defines their numbers.</summary>
internal static class ApiErrors
{
    public static readonly OtpError BodyUnreadable = Body("The request could not be read");
    public static readonly OtpError MediaType = Body("The media type must be application/json in UTF-8");
    public static readonly OtpError ContentCoding = Body("The body is compressed (Content-Encoding): send it as it is");
    public static readonly OtpError SandboxRecipientMissing = new(
        ErrorKind.RequestInvalid, "invalid_request", "The query parameter 'recipient' is empty or not set");
    public static readonly OtpError SandboxRecipientInvalid = new(
        ErrorKind.RequestInvalid, "invalid_request", "The query parameter 'recipient' is no phone number, e-mail address or chat id");
    public static readonly OtpError SandboxOtpMissing = new(
        ErrorKind.RequestInvalid, "invalid_request", "The query parameter 'otpId' is no dashed UUID");
    public static readonly OtpError CallbackUnreadable = new(
        ErrorKind.RequestInvalid, "invalid_body", "The body is no callback: 'data' must be a list whose first element has an 'otpId'");
    public static readonly OtpError RangeMissing = Parameter("status', 'application', 'from' or 'to", "given: at least one of them");
    public static readonly OtpError KeyInvalid = new(
        ErrorKind.CredentialsInvalid, "invalid_api_key", "The API key is missing or not valid");
    public static readonly OtpError TokenInvalid = new(
        ErrorKind.CredentialsInvalid, "invalid_api_key", "The access token is expired or not valid");
    public static readonly OtpError AdminKeyInvalid = new(
        ErrorKind.CredentialsInvalid, "invalid_api_key", "The admin key is missing or not valid");
    public static readonly OtpError ScopeMissing = new(
        ErrorKind.ScopeMissing, "insufficient_scope", "The API key does not have the scope 'otp'");
    public static readonly OtpError TokenScopeMissing = new(
        ErrorKind.ScopeMissing, "insufficient_scope", "The access token does not have the scope 'otp'");
    public static readonly OtpError ApplicationNotFound = new(ErrorKind.ApplicationNotFound, "not_found", "Application ID not found");
    public static readonly OtpError ClientInvalid = new(ErrorKind.TokenRequestInvalid, "invalid_client", "Invalid client");
    public static readonly OtpError GrantTypeMissing = new(
        ErrorKind.TokenRequestInvalid, "invalid_request", "The request is missing a required parameter (grant_type)");
    public static readonly OtpError TokenRequestInvalid = new(
        ErrorKind.TokenRequestInvalid, "invalid_request",
        "The request is malformed (application/x-www-form-urlencoded with each parameter once)");
    public static readonly OtpError ScopeInvalid = new(
        ErrorKind.TokenRequestInvalid, "invalid_scope", "The requested scope is invalid, unknown, or malformed");
    public static readonly OtpError GrantTypeUnsupported = new(
        ErrorKind.TokenRequestInvalid, "unsupported_grant_type", "The grant type is not supported (only client_credentials)");
    public static readonly OtpError MethodNotAllowed = new(ErrorKind.MethodNotAllowed, "invalid_method", "The method is not allowed here");
    public static readonly OtpError PathNotFound = new(ErrorKind.NotFound, "not_found", "Not found");
    public static readonly OtpError CallbackNotFound = new(ErrorKind.NotFound, "not_found", "No such callback");
    public static readonly OtpError CursorInvalid = new(
        ErrorKind.RequestInvalid, "invalid_request", "The query parameter 'cursor' is unknown: send the 'next' of an answer");
    public static readonly OtpError LimitInvalid = new(
        ErrorKind.RequestInvalid, "invalid_request", "The query parameter 'limit' must be 1 to 200");
    public static readonly OtpError DeadLetterNotKept = new(
        ErrorKind.RequestInvalid, "invalid_request",
        "The message cannot be sent again: its body was too large to keep, or its key is gone");
    public static readonly OtpError BrokerAway = new(
        ErrorKind.ServerError, "server_error", "The broker does not take messages at the moment");
    public static readonly OtpError ServerError = new(
        ErrorKind.ServerError, "server_error", "The server failed; the request may be repeated with the same Idempotency-Key");
    public static readonly OtpError StoreAway = new(
        ErrorKind.ServerError, "server_error",
        "The server cannot take requests at the moment; repeat the request with the same Idempotency-Key");

    /// <summary>A parameter that cannot be read.</summary>
    public static OtpError Parameter(string name, string expected) =>
        new(ErrorKind.RequestInvalid, "invalid_request", $"The parameter '{name}' must be {expected}");

    private static OtpError Body(string message) => new(ErrorKind.RequestInvalid, "invalid_body", message);
}
