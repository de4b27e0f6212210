using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>An error of an admin call as an answer.</summary>
internal sealed class ProblemResult(OtpError error, IReadOnlyList<ProblemField>? fields = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        ErrorResponse.WriteAsync(httpContext, error, format: fields is null ? null : new ProblemFormat(fields));
}
