using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Api;

/// <summary>Section <c>Api</c>.</summary>
public sealed class ApiOptions : IValidatableObject
{
    public const string Section = "Api";

    /// <summary>Absolute http or https URL under which callers reach the Api, for the links in its answers. Without it the request's own scheme and host are used.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>Requests per minute and remote address (IPv6: per /64) that bring no valid key. 1 to 10000000; default 600.</summary>
    [Range(1, 10_000_000)]
    public int AnonymousRequestsPerMinute { get; set; } = 600;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is not null && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return new("Api:PublicUrl must be an absolute http or https URL.");
        }
    }
}
