using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.OpenApi;

/// <summary>Errors that an endpoint answers with, and how its API writes them.</summary>
internal sealed record EndpointErrors(IErrorFormat Format, IReadOnlyList<OtpError> Errors);
