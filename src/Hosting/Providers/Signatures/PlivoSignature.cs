using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>Plivo's X-Plivo-Signature-V3, over address and fields; without one X-Plivo-Signature-V2, over the address alone.</summary>
/// <remarks>V2 does not cover the fields, so it is believed at the secret address of a delivery only.</remarks>
internal sealed class PlivoSignature(string authToken) : ISignatureScheme
{
    private const string V2 = "X-Plivo-Signature-V2";
    private const string V3 = "X-Plivo-Signature-V3";
    private const string Nonce = "-Nonce";
    private readonly byte[] _key = Encoding.UTF8.GetBytes(authToken);

    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now)
    {
        if (fields.IsJson)
        {
            return false;
        }

        var url = request.Url.OriginalString;
        var address = url.IndexOf('?', StringComparison.Ordinal) is var end && end < 0 ? url : url[..end];
        if (request.Header(V3) is not { } signatures)
        {
            return request.Token is not null && SignatureText.Same(Sign(address + request.Header(V2 + Nonce)), request.Header(V2));
        }

        // The main account's signature may follow that of the subaccount. No short cut: all are compared.
        var expected = Sign($"{Signed(address, fields)}.{request.Header(V3 + Nonce)}");
        return signatures.Split(',').Aggregate(false, (found, given) => found | SignatureText.Same(expected, given));
    }

    private static string Signed(string address, ReceiptFields fields)
    {
        var query = string.Join('&', Sorted(fields.Query).Select(f => $"{f.Name}={f.Value}"));
        var form = string.Concat(Sorted(fields.Form).Select(f => f.Name + f.Value));
        return (query.Length > 0, form.Length > 0) switch
        {
            (false, false) => address,
            (true, false) => $"{address}?{query}",
            (false, true) => $"{address}?{form}",
            _ => $"{address}?{query}.{form}",
        };
    }

    private static IEnumerable<(string Name, string Value)> Sorted(IReadOnlyDictionary<string, StringValues> fields) =>
        fields.OrderBy(f => f.Key, StringComparer.Ordinal)
            .SelectMany(f => f.Value.Select(v => v ?? "").Order(StringComparer.Ordinal).Select(v => (f.Key, v)));

    private string Sign(string text) => Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
}
