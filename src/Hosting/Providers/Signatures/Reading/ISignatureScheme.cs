using System.Text.Json;
using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Hosting.Providers.Signatures.Reading;

/// <summary>Decides whether a provider sent a request.</summary>
public interface ISignatureScheme
{
    /// <summary>Compares in constant time; false for a missing signature.</summary>
    bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now);

    /// <summary>The answer to a request that only asks whether this address is ours; null for any other request.</summary>
    ReceiptReply? Challenge(ReceiptRequest request, ReceiptFields fields) => null;

    /// <summary>Checks a request and takes out the JSON that describes its receipts.</summary>
    ValueTask<SignedContent> OpenAsync(
        ReceiptRequest request, ReceiptFields fields, DateTime now, CancellationToken cancellationToken) =>
        new(IsAuthentic(request, fields, now) ? new SignedContent(fields.Root) : SignedContent.Forged);
}

/// <summary>What a scheme found in a request.</summary>
/// <param name="Root">Describes the receipts; null if it is unreadable.</param>
/// <param name="Reading">The whole reading of a request without receipts to read; null for any other.</param>
public readonly record struct SignedContent(JsonElement? Root, ReceiptReading? Reading = null)
{
    /// <summary>Authentic, and about no message.</summary>
    public static readonly SignedContent Nothing = new(null, new([]));

    /// <summary>Not authentic.</summary>
    public static readonly SignedContent Forged = new(null, ReceiptReading.Forged);

    /// <summary>Cannot be checked now.</summary>
    public static readonly SignedContent Unavailable = new(null, ReceiptReading.Unavailable);
}
