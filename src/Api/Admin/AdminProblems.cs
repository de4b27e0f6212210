using OtpPipeline.Api.Wire;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Admin;

/// <summary>The body of every refusal under /admin (RFC 9457).</summary>
/// <param name="Type">Where the code is explained.</param>
/// <param name="Title">Kind of the refusal.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">Which field and why.</param>
/// <param name="Code">The stable number of the refusal.</param>
public sealed record ProblemAnswer(string Type, string Title, int Status, string Detail, int Code);

/// <summary>A refusal of an admin call as an answer.</summary>
internal sealed class Problem(Refusal refusal) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => Dialects.NativeErrors.WriteAsync(httpContext, refusal);
}

internal static class AdminProblems
{
    public const string Path = "/admin";
    public const string MediaType = "application/problem+json";

    /// <summary>By the path: also a path or method below it that does not exist is answered with a problem.</summary>
    public static bool IsAdmin(HttpContext http) => http.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase);

    public static Task WriteAsync(HttpContext http, Refusal refusal, int status, string uri) => JsonAnswer.WriteAsync(
        http, status, new(uri, refusal.Type.Replace('_', ' '), status, refusal.Message, refusal.Code), ApiJson.Plain.ProblemAnswer, MediaType);
}
