using System.Globalization;
using System.Text;

namespace OtpPipeline.Pipeline.Tests.CompatibleApis;

/// <summary>A request as bytes, and what is known of it.</summary>
/// <param name="Bytes">What goes on the wire.</param>
/// <param name="Target">Whose path it is; null where the path itself is garbage.</param>
/// <param name="Method">As sent.</param>
/// <param name="Description">For the failure of a test: what was done to it.</param>
internal sealed record GarbageRequest(byte[] Bytes, Target? Target, string Method, string Description);

/// <summary>
/// Makes requests that no client sends, the same ones for the same seed. None of them asks for an OTP in a way that anybody could grant: no
/// phone number, address or chat is one.
/// </summary>
internal sealed class Generator(int seed, IReadOnlyList<Target> targets, Func<Target, Credentials> credentials)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "post"];
    private static readonly string[] Types =
    [
        "application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "application/json; charset=\"nonsense",
        "text/plain", "text/xml", "application/xml",
        "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "application/octet-stream", "*/*",
        ";;;", "a/b/c", "application/vnd.x+json", "\u00e9/\u00fc",
    ];

    private static readonly string[] Ids = [
        "01a1fa86-7284-736a-9747-af98cbc88280", "x", "%20", "%2e%2e%2f", "%zz", "%", "%e2%82", "%ff%fe", "{otpId}", "tests-config",
        "a%0d%0aX-Injected:%201", "00000000-0000-0000-0000-000000000000", "%C3%A9"];
    private static readonly string[] Values =
    [
        "null", "true", "[]", "{}", "[[[[]]]]", "-1", "0", "1e400", "0.1", "1E-7", "99999999999999999999", "\"\"", "\" \"", "\"\\u0000\"",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\u202e\"", "\"{{pin}}\"",
        "\"a\\r\\nX-Injected: 1\"", "\"' OR 1=1 --\"", "\"<!--\"", "\"+\"", "\"91\"", "\"sms\"", "\"12\"", "\"http://127.0.0.1/\"",
        "{\"a\":{\"b\":[1]}}", "\"\\uD83D\\uDE00\"", "NaN", "'single'", "01",
    ];

    private static readonly string[] FieldValues = [
        "", "%", "%zz", "%ff", "+", "%00", "client_credentials", "a=b", "12", "xml", "JSON", "%25code%25", "%F0%9F%98%80"
    ];

    private readonly Random _random = new(seed);

    public GarbageRequest Next()
    {
        var target = Pick(targets);
        var (path, own) = Path(target);
        var method = _random.Next(10) < 7 ? target.Method : Pick(Methods);
        var (kind, body) = Body(target);
        var request = new MemoryStream();
        Write(request, $"{method} {path} HTTP/1.1\r\nHost: {(_random.Next(60) == 0 ? "a b" : "127.0.0.1")}\r\nConnection: close\r\n");
        var headers = Headers(request, target);
        var length = Length(request, ref body);
        request.Write("\r\n"u8);
        request.Write(body);
        return new(request.ToArray(), own ? target : null, method, $"{method} {path} ({kind}; {headers}; {length})");
    }

    private (string Path, bool Own) Path(Target target)
    {
        var path = string.Join('/', target.Path.Split('/').Select(s => s.StartsWith('{') ? Pick(Ids) : s));
        return _random.Next(15) switch
        {
            0 => (path + Pick(["%", "%00", "%zz", "/%2f", "%0d%0a", "/..", "//", "\u00e9", "\\", ";a=b"]), false),
            1 => (path.Insert(_random.Next(path.Length), Pick(["%", "/", "%25", "%c3", "\u0001", "..", "%E9"])), false),
            2 or 3 => ($"{path}?{Query(target)}{Shown('&')}", true),
            4 => ("/" + new string('a', _random.Next(1, 9000)), false),
            5 => (string.Concat(path.Select(c => _random.Next(2) == 0 ? char.ToUpperInvariant(c) : c)), false),
            _ => (path + Shown('?'), true),
        };

        string Shown(char separator) => credentials(target).Query is { Length: > 0 } query ? separator + query : "";
    }

    private string Query(Target target) =>
        string.Join(
            '&', Enumerable.Range(0, _random.Next(1, 5)).Select(_ => _random.Next(2) == 0 ? $"{Field(target)}={Pick(FieldValues)}" : Pick(
        ["recipient=%", "recipient=%zz", "cursor=x", "limit=-1", "limit=99999999999", "otpId=%00", "from=x", "status=%e2%82", "a", "=", "&", "a=b=c", "phone=%ff", "phone=12", "%=%", "from=2026-13-45T00:00:00Z", "a=" + new string('b', 2000)])));

    private string Headers(MemoryStream request, Target target)
    {
        var (name, value, _) = credentials(target);
        var what = _random.Next(20);
        switch (what)
        {
            case 0:
                Write(request, $"{name}: {value}\r\n{name}: {value}\r\n");
                break;
            case 1:
                Write(
                    request,
                    $"{name}: {Pick(["", "Basic", "Basic ???", "Basic " + new string('A', 9000), "Bearer", "Bearer x.y.z", "Digest a=b", "wrong"])}\r\n");
                break;
            case 2:
                break;
            case 3:
                Write(request, $"{name}: {value}\r\nX-Api-Key\u0001: a\r\n");
                break;
            case 4:
                Write(request, $"{name}: {value}\r\nX-Large: {new string('x', _random.Next(100, 60_000))}\r\n");
                break;
            case 5:
                Write(request, $"{name}: {value}\r\nX-Bytes: ");
                request.Write(Bytes(_random.Next(1, 40)));
                request.Write("\r\n"u8);
                break;
            case 6:
                Write(
                    request,
                    $"{name}: {value}\r\nIdempotency-Key: " +
                    $"{Pick(["", "\"", new string('k', 300), "a\tb", "\u00e9", "a\rb", "x\nX-Injected: 1"])}\r\n");
                break;
            case 7:
                Write(request, $"{name}: {value}\r\n{string.Concat(Enumerable.Range(0, 150).Select(i => $"X-{i}: {i}\r\n"))}");
                break;
            default:
                Write(request, $"{name}: {value}\r\n");
                break;
        }

        if (_random.Next(8) != 0)
        {
            Write(request, $"Content-Type: {(_random.Next(2) == 0 ? "application/json" : Pick(Types))}\r\n");
        }

        return $"headers {what}";
    }

    private string Length(MemoryStream request, ref byte[] body)
    {
        switch (_random.Next(24))
        {
            case 0:
                return "no length";
            case 1:
                Write(request, $"Content-Length: {Pick(["-1", "x", "1e3", "99999999999999999999", "", "0x10"])}\r\n");
                return "wrong length";
            case 2:
                Write(request, $"Content-Length: {body.Length}\r\nContent-Length: {body.Length + 1}\r\n");
                return "two lengths";
            case 3:
                Write(request, "Transfer-Encoding: chunked\r\n");
                body = [.. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n0\r\n\r\n"u8];
                return "chunked";
            case 4:
                Write(request, "Transfer-Encoding: chunked\r\n");
                body = [.. Encoding.ASCII.GetBytes($"{Pick(["zz", "-1", "ffffffffffff", ""])}\r\n"), .. body];
                return "wrong chunks";
            case 5:
                Write(request, $"Transfer-Encoding: {Pick(["gzip", "chunked, gzip", "identity"])}\r\nContent-Length: {body.Length}\r\n");
                return "wrong encoding";
            case 6:
                Write(request, $"Content-Length: {Math.Max(0, body.Length - 3)}\r\n");
                return "short length";
            default:
                Write(request, $"Content-Length: {body.Length}\r\n");
                return "length";
        }
    }

    private (string Kind, byte[] Bytes) Body(Target target)
    {
        var kind = _random.Next(40);
        return kind switch
        {
            0 => ("1 MB of blanks", Encoding.ASCII.GetBytes(new string(' ', 1_000_000))),
            1 => ("1 MB of bytes", Bytes(1_000_000)),
            2 => ("1,000 objects deep", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 1000)))),
            3 => ("1,000 lists deep", Encoding.ASCII.GetBytes($"{{\"{Field(target)}\":{new string('[', 1000)}{new string(']', 1000)}}}")),
            4 => ("UTF-16", Encoding.Unicode.GetBytes(Json(target))),
            5 => ("UTF-32 with a mark", [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes(Json(target))]),
            6 => ("Latin 1", Encoding.Latin1.GetBytes($"{{\"{Field(target)}\":\"\u00e9\"}}")),
            7 =>
                (
                    "XML",
                    Encoding.UTF8.GetBytes(
                        $"<?xml version=\"1.0\" " +
                        $"encoding=\"{Pick(["utf-8", "utf-16", "nonsense", "ebcdic-cp-us"])}\"?><r><{Field(target)}>{Pick(Values)}</{Field(target)}></r>")),
            8 =>
                (
                    "an XML bomb",
                    Encoding.UTF8.GetBytes("<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><r><appId>&b;</appId></r>")),
            9 => ("deep XML", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<a>", 9000)))),
            10 or 11 =>
                (
                    "a form",
                    Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, 4).Select(_ => $"{Field(target)}={Pick(FieldValues)}")))),
            12 => ("nothing", []),
            13 => ("a number", "17"u8.ToArray()),
            < 20 => ("bytes", Bytes(_random.Next(1, 3000))),
            < 24 => ("JSON cut off", Cut(Encoding.UTF8.GetBytes(Json(target)))),
            _ => ("JSON", Encoding.UTF8.GetBytes(Json(target))),
        };
    }

    /// <summary>Fields of the target with values of any kind, one of them perhaps twice.</summary>
    private string Json(Target target) =>
        $"{{{string.Join(',', Enumerable.Range(0, _random.Next(0, 6)).Select(_ => $"\"{Field(target)}\":{(_random.Next(30) == 0 ? _random.NextDouble().ToString("R", CultureInfo.InvariantCulture) : Pick(Values))}"))}}}";

    private string Field(Target target) =>
        target.Fields.Count > 0
            && _random.Next(8) != 0 ? Pick(target.Fields) : Pick(["pin", "phoneNumber", "appId", "otp", "key", "phone", "grant_type", "a", "\u00e9"]);

    private byte[] Cut(byte[] bytes) => bytes[.._random.Next(bytes.Length)];

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private T Pick<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    private static void Write(MemoryStream stream, string text) => stream.Write(Encoding.UTF8.GetBytes(text));
}
