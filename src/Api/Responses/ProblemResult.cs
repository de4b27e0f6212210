using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>Answers an admin call with an error.</summary>
internal sealed class ProblemResult(OtpError error, IReadOnlyList<ProblemField>? fields = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        ErrorResponse.WriteAsync(httpContext, error, format: fields is null ? null : new ProblemFormat(fields));
}
