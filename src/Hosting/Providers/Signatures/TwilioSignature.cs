using System.Security.Cryptography;
using System.Text;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>Twilio's X-Twilio-Signature: base64 of HMAC-SHA1 over the address and the sorted fields of the form.</summary>
/// <remarks>A JSON body is covered by bodySHA256 in the address. Twilio signs addresses with or without their port.</remarks>
internal sealed class TwilioSignature(string authToken) : ISignatureScheme
{
    private const string Header = "X-Twilio-Signature";
    private const string BodyHash = "bodySHA256";
    private readonly byte[] _key = Encoding.UTF8.GetBytes(authToken);

    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now)
    {
        var given = request.Header(Header);
        var form = string.Concat(
            fields.Form.OrderBy(f => f.Key, StringComparer.Ordinal)
                .SelectMany(f => f.Value.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(v => f.Key + v)));
        var url = request.Url.OriginalString;

        // No short cut: all are compared whatever the first one says.
        return (SignatureText.Same(Sign(url + form), given) | SignatureText.Same(Sign(WithPort(url) + form), given)
            | SignatureText.Same(Sign(WithoutPort(url) + form), given)) && BodyFits(request, fields);
    }

    private static bool BodyFits(ReceiptRequest request, ReceiptFields fields) =>
        fields.Query.TryGetValue(BodyHash, out var hash)
            ? SignatureText.Same(Convert.ToHexStringLower(SHA256.HashData(request.Body.Span)), hash.ToString())
            : !fields.IsJson;

    private string Sign(string text) => Convert.ToBase64String(HMACSHA1.HashData(_key, Encoding.UTF8.GetBytes(text)));

    private static string WithPort(string url)
    {
        var (start, end) = Authority(url);
        var port = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? ":443" : ":80";
        return HasPort(url[start..end]) ? url : url.Insert(end, port);
    }

    private static string WithoutPort(string url)
    {
        var (start, end) = Authority(url);
        return HasPort(url[start..end]) ? url.Remove(url.LastIndexOf(':', end - 1), end - url.LastIndexOf(':', end - 1)) : url;
    }

    private static (int Start, int End) Authority(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.IndexOfAny(['/', '?', '#'], start);
        return (start, end < 0 ? url.Length : end);
    }

    private static bool HasPort(string authority) =>
        authority.LastIndexOf(':') is var colon && colon > authority.LastIndexOf(']') && colon >= 0;
}
