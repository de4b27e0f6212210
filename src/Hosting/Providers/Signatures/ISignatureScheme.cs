using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>Decides whether a provider sent a request.</summary>
public interface ISignatureScheme
{
    /// <summary>Compares in constant time; false for a missing signature.</summary>
    bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now);

    /// <summary>The answer to a request that only asks whether this address is ours; null for any other request.</summary>
    ReceiptReply? Challenge(ReceiptRequest request, ReceiptFields fields) => null;
}
