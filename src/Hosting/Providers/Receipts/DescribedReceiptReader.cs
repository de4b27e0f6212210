using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures;

namespace OtpPipeline.Hosting.Providers.Receipts;

/// <summary>Checks and reads the receipts of one entry of section <c>Providers</c>.</summary>
internal sealed class DescribedReceiptReader(string provider, ReceiptMapping mapping, ISignatureScheme signature) : IReceiptReader
{
    public string Provider => provider;

    public async ValueTask<ReceiptReading> ReadAsync(ReceiptRequest request, DateTime now, CancellationToken cancellationToken)
    {
        var fields = ReceiptFields.Read(request);
        if (signature.Challenge(request, fields) is { } reply)
        {
            return new([], null, reply);
        }

        var content = await signature.OpenAsync(request, fields, now, cancellationToken);
        return content.Reading
            ?? (content.Root is { } root && mapping.Read(root) is { } receipts ? new(receipts) : ReceiptReading.Unreadable);
    }
}
