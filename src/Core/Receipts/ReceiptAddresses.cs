using Microsoft.Extensions.Options;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Receipts;

/// <summary>Addresses that we give to providers for their receipts.</summary>
public sealed class ReceiptAddresses(OtpSecrets secrets, IOptions<PublicUrlOptions> options)
{
    /// <summary>Path below <c>Api:PublicUrl</c>; a token follows.</summary>
    public const string Path = "/r/";

    /// <summary>Path of a provider that has one address for all its receipts; its name follows.</summary>
    public const string ProviderPath = Path + "providers/";

    private readonly string? _base = options.Value.PublicUrl?.TrimEnd('/');

    /// <summary>The address for the receipts of one delivery, and its token; null without <c>Api:PublicUrl</c>.</summary>
    public ReceiptAddress? For(ReceiptToken token)
    {
        if (_base is null)
        {
            return null;
        }

        var text = token.Write(secrets);
        return new(_base + Path + text, text);
    }

    /// <summary>The one address for all receipts of a provider; null without <c>Api:PublicUrl</c>.</summary>
    public string? For(string provider) => _base is null ? null : _base + ProviderPath + Uri.EscapeDataString(provider);

    /// <summary>The public form of an address that was called; null for any other path.</summary>
    /// <param name="target">Path and query as sent.</param>
    public Uri? Called(string target) => _base is not null && Uri.TryCreate(_base + target, UriKind.Absolute, out var url) ? url : null;
}

/// <summary>Where a provider sends the receipts of one delivery.</summary>
/// <param name="Url">The absolute address.</param>
/// <param name="Token">The token in it, for providers that echo a reference.</param>
public sealed record ReceiptAddress(string Url, string Token)
{
    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(ReceiptAddress);
}
