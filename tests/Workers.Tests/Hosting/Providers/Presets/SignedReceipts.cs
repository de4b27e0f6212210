using System.Text;
using System.Text.Json.Nodes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;
using OtpPipeline.Hosting.Providers.Signatures;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>A request that a library and one of our schemes check.</summary>
/// <param name="Library">Which one, in libraries/sms.cjs.</param>
/// <param name="Name">The preset, and which of its samples.</param>
/// <param name="Input">For the library.</param>
/// <param name="Believed">By ours.</param>
internal sealed record SignedReceipt(string Library, string Name, object Input, bool Believed);

/// <summary>The receipts of the samples that have a signature, each with its own and with another one's content.</summary>
internal static class SignedReceipts
{
    private static readonly DateTime Now = PresetSample.Now.UtcDateTime;

    public static IEnumerable<SignedReceipt> All =>
    [
        .. Of("plivo-sms", Plivo), .. Of("plivo-voice", Plivo), .. Of("messagebird-sms", MessageBird), .. Of("telnyx-sms", Telnyx),
        .. Of("vonage-voice", Vonage),
    ];

    private static IEnumerable<SignedReceipt> Of(
        string preset, Func<string, Func<string, string>, JsonObject, ReceiptRequest, SignedReceipt?> check)
    {
        var sample = PresetSample.Of(preset);
        var receipts = sample.All("receipts").ToList();
        for (var i = 0; i < receipts.Count; i++)
        {
            var (own, next) = (receipts[i], receipts[(i + 1) % receipts.Count]);
            foreach (var content in new[] { own, next })
            {
                var request = PresetSample.Request(content) with { Headers = PresetSample.Request(own).Headers };
                string Setting(string name) => sample.Root["settings"]![name]!.GetValue<string>();
                if (check($"{preset} {i}", Setting, content, request) is { } signed)
                {
                    yield return signed;
                }
            }
        }
    }

    private static SignedReceipt? Plivo(string name, Func<string, string> setting, JsonObject content, ReceiptRequest request)
    {
        var version = request.Header("X-Plivo-Signature-V3") is null ? 2 : 3;
        var header = $"X-Plivo-Signature-V{version}";

        // Its library believes V2 everywhere, which covers no field; we believe it at a secret address.
        return request.Header(header) is not { } signature || (version == 2 && request.Token is null)
            ? null
            : new(
                "plivo", name,
                new
                {
                    library = "plivo", url = request.Url.OriginalString, form = content["form"], nonce = request.Header(header + "-Nonce"),
                    token = setting("AuthToken"), signature, version,
                },
                new PlivoSignature(setting("AuthToken")).IsAuthentic(request, ReceiptFields.Read(request), Now));
    }

    private static SignedReceipt? MessageBird(string name, Func<string, string> setting, JsonObject content, ReceiptRequest request) =>
        request.Header("MessageBird-Signature-JWT") is not { } token
            ? null
            : new(
                "messagebird", name,
                new
                {
                    library = "messagebird", url = request.Url.OriginalString, body = "", token, key = setting("SigningKey"), now = Now,
                },
                new MessageBirdSignature(setting("SigningKey")).IsAuthentic(request, ReceiptFields.Read(request), Now));

    private static SignedReceipt? Telnyx(string name, Func<string, string> setting, JsonObject content, ReceiptRequest request) =>
        request.Header("telnyx-timestamp") is not { } timestamp
            ? null
            : new(
                "telnyx", name,
                new
                {
                    library = "telnyx", body = Encoding.UTF8.GetString(request.Body.Span), key = setting("PublicKey"), now = Now,
                    headers = new Dictionary<string, string?>
                    {
                        ["telnyx-timestamp"] = timestamp,
                        ["telnyx-signature-ed25519"] = request.Header("telnyx-signature-ed25519"),
                    },
                },
                new TelnyxSignature(setting("PublicKey")).IsAuthentic(request, ReceiptFields.Read(request), Now));

    /// <summary>Its library checks the token alone, and not the hash of the body in it.</summary>
    private static SignedReceipt? Vonage(string name, Func<string, string> setting, JsonObject content, ReceiptRequest request) =>
        request.Header("Authorization")?["Bearer ".Length..] is not { } token
            ? null
            : new(
                "vonage", name, new { library = "vonage", token, secret = setting("SignatureSecret"), now = Now },
                SignedToken.Read(token, Encoding.UTF8.GetBytes(setting("SignatureSecret")), Now) is not null);
}
