using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Admin;

/// <summary>Refusals that only the admin API knows.</summary>
internal static class AdminRefusals
{
    public static readonly Refusal FieldsInvalid = new(ErrorKind.RequestInvalid, "invalid_param", "Fields of the body are not valid; 'errors' names each");
    public static readonly Refusal PageInvalid = new(ErrorKind.RequestInvalid, "invalid_request", "The query is not valid: 'cursor' is that of an answer before, 'limit' 1 to 200, 'status' active, inactive or revoked");
    public static readonly Refusal NoApplication = new(ErrorKind.NotFound, "not_found", "No such application");
    public static readonly Refusal NoKey = new(ErrorKind.NotFound, "not_found", "The application has no such key");
    public static readonly Refusal NoIdentifier = new(ErrorKind.NotFound, "not_found", "The application has no such identifier");
    public static readonly Refusal NoWebhookSecret = new(ErrorKind.NotFound, "not_found", "The application has no such webhook secret");
    public static readonly Refusal IdentifierTaken = new(ErrorKind.DuplicateIdentifier, "duplicate_id", "An identifier of this kind exists already");
    public static readonly Refusal IsRevoked = new(ErrorKind.NotAllowedNow, "access_denied", "The application is revoked for good");
    public static readonly Refusal KeyIsRevoked = new(ErrorKind.NotAllowedNow, "access_denied", "The key is revoked for good");
    public static readonly Refusal WebhookSecretsFull = new(ErrorKind.NotAllowedNow, "access_denied", "The application has two webhook secrets; drop one first");
    public static readonly Refusal HasNoSecret = new(ErrorKind.NotAllowedNow, "access_denied", "Identifiers of this kind have no secret");
    public static readonly Refusal ChangedMeanwhile = new(ErrorKind.NotAllowedNow, "access_denied", "The application was changed meanwhile; read it and try again");
}
