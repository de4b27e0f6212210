using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>A signed callback, made here, that the pages' verifiers have to judge.</summary>
internal static class Signature
{
    public const string Id = "01a1fb3e-92c0-7d29-8e31-5b0f9a3c1d77";
    public const string Body = """{"event":"otp_update"}""";
    public static readonly string Secret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public static string Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    public static string Old => DateTimeOffset.UtcNow.AddMinutes(-6).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>The right signature behind one of another secret.</summary>
    public static string From(string timestamp)
    {
        var key = Convert.FromBase64String(Secret["whsec_".Length..]);
        var mac = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Id}.{timestamp}.{Body}"));
        return $"v1,{Convert.ToBase64String(SHA256.HashData(mac))} v1,{Convert.ToBase64String(mac)}";
    }

    /// <summary>
    /// What makes a page's verifier judge: lines behind it in Python, lines around it for node; none where the example verifies nothing.
    /// </summary>
    public static string CheckIn(Example example, string language)
    {
        var (now, old) = (Now, Old);
        if (language == "python")
        {
            return !example.Text.Contains("def verify(", StringComparison.Ordinal) ? "" : $$"""


                def headers(timestamp, signature):
                    return {"webhook-id": "{{Id}}", "webhook-timestamp": timestamp, "webhook-signature": signature}

                right, late, body = headers("{{now}}", "{{From(now)}}"), headers("{{old}}", "{{From(old)}}"), b'{{Body}}'
                assert verify("{{Secret}}", right, body)
                assert not verify("{{Secret}}", right, body + b" ")
                assert not verify("{{Secret}}", late, body)
                assert not verify("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", right, body)
                """;
        }

        return $$"""
            process.env.OTP_WEBHOOK_SECRET = '{{Secret}}'
            function judge(body, timestamp, signature) {
                const headers = { 'webhook-id': '{{Id}}', 'webhook-timestamp': timestamp, 'webhook-signature': signature }
                {{example.Text}}
                return event
            }
            function refused(...given) { try { judge(...given); return false } catch { return true } }
            const ok = judge('{{Body}}', '{{now}}', '{{From(now)}}').event === 'otp_update'
                && refused('{{Body}} ', '{{now}}', '{{From(now)}}') && refused('{{Body}}', '{{old}}', '{{From(old)}}')
            process.exit(ok ? 0 : 1)
            """;
    }
}
