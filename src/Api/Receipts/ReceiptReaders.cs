using System.Collections.Frozen;
using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Api.Receipts;

/// <summary>The readers of receipts, by the provider's configured name.</summary>
internal sealed class ReceiptReaders(IEnumerable<IReceiptReader> readers)
{
    private readonly FrozenDictionary<string, IReceiptReader> _readers =
        readers.ToFrozenDictionary(r => r.Provider, StringComparer.Ordinal);

    /// <summary>Null for a provider without receipts.</summary>
    public IReceiptReader? For(string provider) => _readers.GetValueOrDefault(provider);
}
