using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Core.Receipts;

/// <summary>Key <c>Api:PublicUrl</c>, which both hosts read.</summary>
public sealed class PublicUrlOptions : IValidatableObject
{
    public const string Section = "Api";

    /// <summary>Absolute http or https URL at which callers and providers reach the Api, for links in answers and for receipts.</summary>
    /// <remarks>Without it, links use the request's host or are relative, and no provider can send receipts.</remarks>
    public string? PublicUrl { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is not null
            && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                && uri is { Query: "", Fragment: "", UserInfo: "" }))
        {
            yield return new("Api:PublicUrl must be an absolute http or https URL without user, query and fragment.");
        }
    }
}
