using System.Text.Json.Serialization;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>The body of every error in the native API.</summary>
public sealed record ErrorAnswer(ErrorDetail Error);

/// <summary>Why a request was refused.</summary>
/// <param name="Type">Kind of the error.</param>
/// <param name="Message">Which field and why.</param>
/// <param name="Uri">Where the code is explained.</param>
/// <param name="Code">The stable number of the error.</param>
/// <param name="AttemptsRemaining">Guesses that are left; only where the PIN was wrong.</param>
public sealed record ErrorDetail(
    string Type, string Message, string Uri, int Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? AttemptsRemaining = null);

/// <summary>Writes the errors of the native API in SMSCX's format.</summary>
internal sealed class NativeErrorFormat : IErrorFormat
{
    public static readonly NativeErrorFormat Instance = new();

    public Type BodyType => typeof(ErrorAnswer);

    public Task WriteAsync(HttpContext http, OtpError error, int status) =>
        JsonAnswer.WriteAsync(
            http, status, new(new(error.Type, error.Message, Links.ErrorPage(http, error), error.Code, error.AttemptsRemaining)),
            ErrorJson.Plain.ErrorAnswer);
}
