namespace OtpPipeline.Core.Receipts;

/// <summary>A request with receipts, as the provider sent it.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Url">Under <c>Api:PublicUrl</c>, with path and query as sent: what the provider signed.</param>
/// <param name="Headers">In their order, each value by itself.</param>
/// <param name="Body">At most 64 KB; empty for none.</param>
public sealed record ReceiptRequest(
    string Method, Uri Url, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>The delivery whose token the address holds; null at a provider's one address for all.</summary>
    /// <remarks>The token is a secret of ours and the provider. A scheme without a signature is authentic with it only.</remarks>
    public ReceiptToken? Token { get; init; }

    /// <summary>The first value of a header; null without one.</summary>
    public string? Header(string name)
    {
        foreach (var (key, value) in Headers)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Prints the method only: the address holds a token.</summary>
    public override string ToString() => Method;
}
