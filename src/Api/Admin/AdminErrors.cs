using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Admin;

/// <summary>Errors that only the admin API knows.</summary>
internal static class AdminErrors
{
    public static readonly OtpError FieldsInvalid = new(
        ErrorKind.RequestInvalid, "invalid_param", "Fields of the body are not valid; 'errors' names each");
    public static readonly OtpError PageInvalid = new(
        ErrorKind.RequestInvalid, "invalid_request",
        "The query is not valid: 'cursor' is that of an answer before, 'limit' 1 to 200, 'status' active, inactive or revoked");
    public static readonly OtpError NoApplication = new(ErrorKind.NotFound, "not_found", "No such application");
    public static readonly OtpError NoKey = new(ErrorKind.NotFound, "not_found", "The application has no such key");
    public static readonly OtpError NoIdentifier = new(ErrorKind.NotFound, "not_found", "The application has no such identifier");
    public static readonly OtpError NoWebhookSecret = new(ErrorKind.NotFound, "not_found", "The application has no such webhook secret");
    public static readonly OtpError IdentifierTaken = new(
        ErrorKind.DuplicateIdentifier, "duplicate_id", "An identifier of this kind exists already");
    public static readonly OtpError IsRevoked = new(ErrorKind.NotAllowedNow, "access_denied", "The application is revoked for good");
    public static readonly OtpError KeyIsRevoked = new(ErrorKind.NotAllowedNow, "access_denied", "The key is revoked for good");
    public static readonly OtpError WebhookSecretsFull = new(
        ErrorKind.NotAllowedNow, "access_denied", "The application has two webhook secrets; drop one first");
    public static readonly OtpError HasNoSecret = new(ErrorKind.NotAllowedNow, "access_denied", "Identifiers of this kind have no secret");
    public static readonly OtpError ChangedMeanwhile = new(
        ErrorKind.NotAllowedNow, "access_denied", "The application was changed meanwhile; read it and try again");
    public static readonly OtpError NoProvider = new(ErrorKind.NotFound, "not_found", "No such provider");
    public static readonly OtpError NoWorker = new(
        ErrorKind.NotAllowedNow, "access_denied", "No worker answered: start the Workers, or look at their logs");
    public static readonly OtpError OtpApplicationInvalid = ApiErrors.Parameter("applicationId", "the UUID of an application");
    public static readonly OtpError CallbackStatusInvalid = ApiErrors.Parameter("status", "parked, delivered or pending");
    public static readonly OtpError CallbackApplicationInvalid = ApiErrors.Parameter("application", "the UUID of an application");
    public static readonly OtpError CallbackTimeInvalid = ApiErrors.Parameter("from' or 'to", "a moment, such as 2026-11-20T10:00:00Z");
    public static readonly OtpError CallbackCursorInvalid = ApiErrors.Parameter("cursor", "the 'next' of an answer before");
}
