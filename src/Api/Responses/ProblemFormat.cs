using System.Text.Json.Serialization;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>The body of every error under /admin (RFC 9457).</summary>
/// <param name="Type">Where the code is explained.</param>
/// <param name="Title">Kind of the error.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">Which field and why.</param>
/// <param name="Code">The stable number of the error.</param>
/// <param name="Errors">Each field that is wrong, where the body was readable.</param>
public sealed record ProblemAnswer(
    string Type, string Title, int Status, string Detail, int Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ProblemField>? Errors = null);

/// <summary>One field that is wrong.</summary>
/// <param name="Pointer">Where it stands in the body, as a JSON pointer.</param>
/// <param name="Detail">What it must be.</param>
public sealed record ProblemField(string Pointer, string Detail);

/// <summary>Writes the errors of /admin.</summary>
internal sealed class ProblemFormat(IReadOnlyList<ProblemField>? fields = null) : IErrorFormat
{
    public const string AdminPath = "/admin";
    public const string ProblemJson = "application/problem+json";

    public Type BodyType => typeof(ProblemAnswer);

    public string MediaType => ProblemJson;

    /// <summary>Decides by the path, so that a missing path or method below /admin also gets a problem body.</summary>
    public static bool IsAdmin(HttpContext http) => http.Request.Path.StartsWithSegments(AdminPath, StringComparison.OrdinalIgnoreCase);

    /// <summary>The native API has no 415; a problem uses it, as HTTP defines it.</summary>
    public int StatusOf(OtpError error) =>
        error == ApiErrors.MediaType ? StatusCodes.Status415UnsupportedMediaType : ErrorStatus.From(error);

    public Task WriteAsync(HttpContext http, OtpError error, int status)
    {
        var problem = new ProblemAnswer(
            Links.ErrorPage(http, error), error.Type.Replace('_', ' '), status, error.Message, error.Code, fields);
        return JsonAnswer.WriteAsync(http, status, problem, ErrorJson.Plain.ProblemAnswer, ProblemJson);
    }
}
