using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures;

namespace OtpPipeline.Hosting.Providers.Receipts;

/// <summary>Checks and reads the receipts of one entry of section <c>Providers</c>.</summary>
internal sealed class DescribedReceiptReader(string provider, ReceiptMapping mapping, ISignatureScheme signature) : IReceiptReader
{
    public string Provider => provider;

    public ReceiptReading Read(ReceiptRequest request, DateTime now)
    {
        var fields = ReceiptFields.Read(request);
        if (signature.Challenge(request, fields) is { } reply)
        {
            return new([], null, reply);
        }

        if (!signature.IsAuthentic(request, fields, now))
        {
            return ReceiptReading.Forged;
        }

        return fields.Root is { } root && mapping.Read(root) is { } receipts ? new(receipts) : ReceiptReading.Unreadable;
    }
}
