using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;
using OtpPipeline.Hosting.Providers.Signatures;

namespace OtpPipeline.Hosting.Providers.Receipts;

/// <summary>Checks and reads the receipts of one entry of section <c>Providers</c>.</summary>
/// <param name="provider">The entry's name.</param>
/// <param name="mapping">How its receipts read.</param>
/// <param name="signature">How they are signed.</param>
/// <param name="scriptSecret">Decrypts the scripts that the provider fetches; null for none.</param>
internal sealed class DescribedReceiptReader(
    string provider, ReceiptMapping mapping, ISignatureScheme signature, string? scriptSecret) : IReceiptReader
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
            ?? (content.Root is { } root && mapping.Read(root) is { } receipts && TryAnswer(fields, out var script)
                ? new(receipts, null, script)
                : ReceiptReading.Unreadable);
    }

    /// <summary>Returns false for a script that we did not encrypt; no script is needed for an address without one.</summary>
    private bool TryAnswer(ReceiptFields fields, out ReceiptReply? reply)
    {
        reply = null;
        if (scriptSecret is null || !fields.Query.TryGetValue(ReceiptScript.Parameter, out var encrypted))
        {
            return true;
        }

        if (ReceiptScript.Decrypt(scriptSecret, encrypted.ToString()) is not { } script)
        {
            return false;
        }

        reply = new(200, script, ReceiptScript.ContentType);
        return true;
    }
}
