using System.ComponentModel.DataAnnotations;
using OtpPipeline.Workers.Providers.Http.Requests;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>The request that tells a gateway whether its message led to a verification; with the entry's Auth.</summary>
/// <remarks>Placeholders: {{messageId}}, {{outcome}}, secrets and settings.</remarks>
public sealed class HttpFeedbackOptions : IHttpRequestOptions
{
    /// <summary>POST (default), PUT, PATCH or GET.</summary>
    [RegularExpression("(?i)POST|PUT|PATCH|GET", ErrorMessage = "The field Method must be POST, PUT, PATCH or GET.")]
    public string Method { get; set; } = "POST";

    /// <summary>Absolute http or https address; may have placeholders in its path and query.</summary>
    [Required(ErrorMessage = "The field Url is missing: give the gateway's address.")]
    public string Url { get; set; } = "";

    /// <summary>Additional headers by name; values may have placeholders.</summary>
    public IDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The request body; empty by default.</summary>
    public HttpBodyOptions? Body { get; set; }

    /// <summary>The value of {{outcome}} when the OTP was verified.</summary>
    [Required(ErrorMessage = "The field Verified is missing.")]
    public string Verified { get; set; } = "";

    /// <summary>The value of {{outcome}} when the OTP ended otherwise; such an end is not reported without it.</summary>
    public string? NotVerified { get; set; }
}
