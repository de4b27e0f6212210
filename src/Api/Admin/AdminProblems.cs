using System.Text.Json.Serialization;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Api.Wire;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Admin;

/// <summary>The body of every refusal under /admin (RFC 9457).</summary>
/// <param name="Type">Where the code is explained.</param>
/// <param name="Title">Kind of the refusal.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">Which field and why.</param>
/// <param name="Code">The stable number of the refusal.</param>
/// <param name="Errors">Each field that is wrong, where the body was readable.</param>
public sealed record ProblemAnswer(
    string Type, string Title, int Status, string Detail, int Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ProblemField>? Errors = null);

/// <summary>One field that is wrong.</summary>
/// <param name="Pointer">Where it stands in the body, as a JSON pointer.</param>
/// <param name="Detail">What it must be.</param>
public sealed record ProblemField(string Pointer, string Detail);

/// <summary>A refusal of an admin call as an answer.</summary>
internal sealed class Problem(Refusal refusal, IReadOnlyList<ProblemField>? fields = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => NativeErrors.WriteAsync(httpContext, refusal, fields: fields);
}

internal static class AdminProblems
{
    public const string Path = "/admin";
    public const string MediaType = "application/problem+json";

    /// <summary>By the path: also a path or method below it that does not exist is answered with a problem.</summary>
    public static bool IsAdmin(HttpContext http) => http.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase);

    /// <summary>The native dialect has no 415; a problem says it as HTTP does.</summary>
    public static int StatusOf(Refusal refusal) =>
        refusal == ApiRefusals.MediaType ? StatusCodes.Status415UnsupportedMediaType : NativeErrors.StatusOf(refusal);

    public static Task WriteAsync(HttpContext http, Refusal refusal, int status, string uri, IReadOnlyList<ProblemField>? fields) => JsonAnswer.WriteAsync(
        http, status, new(uri, refusal.Type.Replace('_', ' '), status, refusal.Message, refusal.Code, fields), ApiJson.Plain.ProblemAnswer, MediaType);
}
