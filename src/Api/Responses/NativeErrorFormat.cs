using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>The body of every refusal in the native API.</summary>
public sealed record ErrorAnswer(ErrorDetail Error);

/// <summary>Why a request was refused.</summary>
/// <param name="Type">Kind of the refusal.</param>
/// <param name="Message">Which field and why.</param>
/// <param name="Uri">Where the code is explained.</param>
/// <param name="Code">The stable number of the refusal.</param>
public sealed record ErrorDetail(string Type, string Message, string Uri, int Code);

/// <summary>The errors of the native API, as SMSCX writes them.</summary>
internal sealed class NativeErrorFormat : IErrorFormat
{
    public Task WriteAsync(HttpContext http, Refusal refusal, int status) =>
        JsonAnswer.WriteAsync(http, status, new(new(refusal.Type, refusal.Message, Links.ErrorPage(http, refusal), refusal.Code)), ErrorJson.Plain.ErrorAnswer);
}
