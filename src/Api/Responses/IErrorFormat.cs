using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>The body of every error of one API, of those too that the framework answers.</summary>
internal interface IErrorFormat
{
    /// <summary>HTTP's status where the endpoint names none.</summary>
    int StatusOf(Refusal refusal) => ErrorStatus.Of(refusal);

    Task WriteAsync(HttpContext http, Refusal refusal, int status);
}
