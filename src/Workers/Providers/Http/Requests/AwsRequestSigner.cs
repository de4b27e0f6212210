using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>AWS Signature Version 4 in the header Authorization, over method, address, headers and body.</summary>
/// <param name="keyId">Id of the access key.</param>
/// <param name="secretKey">The access key's secret.</param>
/// <param name="sessionToken">Of temporary credentials; empty for none.</param>
/// <param name="region">Such as eu-west-1.</param>
/// <param name="service">The service's name in signatures, such as sns.</param>
internal sealed class AwsRequestSigner(string keyId, string secretKey, string sessionToken, string region, string service) : IRequestSigner
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Terminator = "aws4_request";

    /// <summary>Headers that a proxy may change, or that are added later.</summary>
    private static readonly HashSet<string> Unsigned =
        new(StringComparer.OrdinalIgnoreCase) { "Accept-Encoding", "Authorization", "User-Agent" };

    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, DateTime now)
    {
        var time = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("X-Amz-Date", time);
        if (sessionToken.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", sessionToken);
        }

        var headers = Headers(request);
        var names = string.Join(';', headers.Keys);
        var canonical = string.Join(
            '\n', request.Method.Method, Path(request.RequestUri!), Query(request.RequestUri!),
            string.Concat(headers.Select(h => $"{h.Key}:{h.Value}\n")), names, Hex(SHA256.HashData(body)));
        var date = time[..8];
        var scope = $"{date}/{region}/{service}/{Terminator}";
        var text = $"{Algorithm}\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"{Algorithm} Credential={keyId}/{scope}, SignedHeaders={names}, Signature={Hex(Hmac(Key(date), text))}");
    }

    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(AwsRequestSigner);

    private byte[] Key(string date) =>
        new[] { region, service, Terminator }.Aggregate(Hmac(Encoding.UTF8.GetBytes("AWS4" + secretKey), date), Hmac);

    /// <summary>Names in lower case and sorted; values without spaces around them, and with single ones within.</summary>
    private static SortedDictionary<string, string> Headers(HttpRequestMessage request)
    {
        var uri = request.RequestUri!;
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = uri.IsDefaultPort ? uri.IdnHost : $"{uri.IdnHost}:{uri.Port}",
        };
        if (request.Content?.Headers.ContentType is { } type)
        {
            headers["content-type"] = type.ToString();
        }

        foreach (var header in request.Headers.NonValidated.Where(h => !Unsigned.Contains(h.Key)))
        {
            headers[header.Key.ToLowerInvariant()] = string.Join(
                ',', header.Value.Select(v => string.Join(' ', v.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        }

        return headers;
    }

    /// <summary>The path as sent, encoded once more: so the services want it, S3 excepted.</summary>
    private static string Path(Uri uri) => string.Join('/', uri.AbsolutePath.Split('/').Select(Uri.EscapeDataString));

    private static string Query(Uri uri) => string.Join(
        '&', uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2))
            .Select(p => (Name: p[0], Value: p.Length > 1 ? p[1] : "")).OrderBy(p => p.Name, StringComparer.Ordinal)
            .ThenBy(p => p.Value, StringComparer.Ordinal).Select(p => $"{p.Name}={p.Value}"));

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
