using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>An error of an admin call as an answer.</summary>
internal sealed class ProblemResult(Refusal refusal, IReadOnlyList<ProblemField>? fields = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => ErrorResponse.WriteAsync(httpContext, refusal, format: fields is null ? null : new ProblemFormat(fields));
}
