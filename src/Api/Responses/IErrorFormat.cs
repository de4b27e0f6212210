using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>Writes the body of every error of one API, including errors that the framework answers.</summary>
internal interface IErrorFormat
{
    /// <summary>Type of the body, for OpenAPI.</summary>
    Type BodyType { get; }

    string MediaType => "application/json";

    /// <summary>The HTTP status where the endpoint sets none.</summary>
    int StatusOf(OtpError error) => ErrorStatus.From(error);

    Task WriteAsync(HttpContext http, OtpError error, int status);
}
