using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

internal sealed class ErrorResult(OtpError error, int? status = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => ErrorResponse.WriteAsync(httpContext, error, status);
}
