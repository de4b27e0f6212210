using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>An error as an answer.</summary>
internal sealed class ErrorResult(OtpError error, int? status = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => ErrorResponse.WriteAsync(httpContext, error, status);
}
