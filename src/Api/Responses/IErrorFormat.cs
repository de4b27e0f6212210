using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>The body of every error of one API, of those too that the framework answers.</summary>
internal interface IErrorFormat
{
    /// <summary>Type of the body, for OpenAPI.</summary>
    Type BodyType { get; }

    string MediaType => "application/json";

    /// <summary>HTTP's status where the endpoint names none.</summary>
    int StatusOf(OtpError error) => ErrorStatus.From(error);

    Task WriteAsync(HttpContext http, OtpError error, int status);
}
