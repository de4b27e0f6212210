using System.ComponentModel.DataAnnotations;
using OtpPipeline.Workers.Providers.Http.Requests;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>The request that tells a gateway whether its message led to a verification; with the entry's Auth.</summary>
/// <remarks>Placeholders: {{messageId}}, {{outcome}}, {{endedAt}} (UTC, 2026-11-20 10:00:00), secrets and settings.</remarks>
public sealed class HttpFeedbackOptions : IHttpRequestOptions
{
    /// <summary>True (default), false, or {{setting.NAME}} for what the entry's setting says.</summary>
    [RegularExpression(
        @"(?i)true|false|\{\{setting\.[^{}|]+\}\}", ErrorMessage = "The field Enabled must be true, false or {{{{setting.NAME}}}}.")]
    public string Enabled { get; set; } = "true";

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

    /// <summary>The value of {{outcome}} when the OTP expired; that is not reported without it.</summary>
    public string? NotVerified { get; set; }

    /// <summary>Answers that mean that the gateway took it; any status 200 to 299 by default.</summary>
    public HttpSuccessOptions Success { get; set; } = new();

    /// <summary>What other answers mean; after one As recipient nothing is tried again.</summary>
    public IList<HttpRefusalOptions> Refusals { get; init; } = [];
}
