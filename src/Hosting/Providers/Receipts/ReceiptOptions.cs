using System.ComponentModel.DataAnnotations;
using OtpPipeline.Hosting.Providers.Signatures;

namespace OtpPipeline.Hosting.Providers.Receipts;

/// <summary>Key <c>Receipt</c> of an entry: what a provider's receipts look like. Examples: docs/providers.md.</summary>
/// <remarks>
/// A path leads to a field of a form or a query by its name, and to a value of a JSON body as $.a[0].b. Of several with | between, the
/// first that leads to a value counts.
/// </remarks>
public sealed class ReceiptOptions
{
    /// <summary>How a request proves that the provider sent it.</summary>
    public SignatureOptions Signature { get; set; } = new();

    /// <summary>Path to each receipt of a JSON body with several, such as $.results[*]; the other paths begin there.</summary>
    public string? Items { get; set; }

    /// <summary>Path to the provider's word for what became of the message.</summary>
    [Required(ErrorMessage = "The field Status is missing: give the path to the provider's status.")]
    public string Status { get; set; } = "";

    /// <summary>Path to a second word that tells more: Statuses may have "word/second", which counts before "word".</summary>
    public string? StatusDetail { get; set; }

    /// <summary>From the provider's words to SENT, DELIVERED, READ or UNDELIVERED. Receipts with another word are ignored.</summary>
    public IDictionary<string, string> Statuses { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Path to the provider's id of the message.</summary>
    public string? MessageId { get; set; }

    /// <summary>Path to {{receiptToken}}, where the provider echoes it.</summary>
    public string? Reference { get; set; }

    /// <summary>Path to the provider's code for the reason.</summary>
    public string? Reason { get; set; }

    /// <summary>From the provider's codes to reasons of ours, in lower snake case; "*" for every other code.</summary>
    public IDictionary<string, string> Reasons { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Path to the time: seconds or milliseconds since 1970, or ISO 8601.</summary>
    public string? At { get; set; }
}
