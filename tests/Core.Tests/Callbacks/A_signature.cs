using System.Text;
using System.Text.Json;
using OtpPipeline.Core.Callbacks;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Callbacks;

public class A_signature
{
    private const string Old = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    private const string New = "whsec_//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eDf3t3c29rZ2A==";
    private const string Foreign = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Body = """{"event":"otp_update","data":[{"name":"Zoë's \"+33\""}]}""";

    [Fact]
    public void Has_the_value_of_the_scheme()
    {
        // Computed with Python's hmac over "msg_1.1700000000.{}" and the bytes 0 to 23.
        CallbackSignature.Sign([Secret(Old)], "msg_1", 1_700_000_000, "{}"u8).ShouldBe("v1,ehZEL34p4RtokJ76Mky/c6YT0NkxG/H/gdzahhXIyv0=");
    }

    [Theory]
    [InlineData(Old, "ok")]
    [InlineData(New, "ok")]
    [InlineData(Foreign, "No matching signature found")]
    public async Task Is_valid_for_the_public_library_with_either_secret_while_they_change(string known, string verdict) =>
        (await VerifyAsync(known, Body, Body)).ShouldBe(verdict);

    [Fact]
    public async Task Is_refused_by_the_public_library_for_another_body() =>
        (await VerifyAsync(New, Body, Body + " ")).ShouldBe("No matching signature found");

    [Theory]
    [InlineData("whsec_", false)]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", false)]
    [InlineData("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=", false)]
    [InlineData("whsec_not base64 at all, is it, no it is not", false)]
    [InlineData(Old, true)]
    public void Needs_a_secret_of_24_to_64_bytes(string text, bool taken) => CallbackSignature.TryParseSecret(text, out _).ShouldBe(taken);

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(200, false)]
    public void Needs_a_secret_of_a_length_within_its_limits(int length, bool taken) =>
        CallbackSignature.TryParseSecret($"whsec_{Convert.ToBase64String(new byte[length])}", out _).ShouldBe(taken);

    private static byte[] Secret(string text) =>
        CallbackSignature.TryParseSecret(text, out var secret) ? secret : throw new ArgumentException("No secret.", nameof(text));

    /// <summary>Signs with both secrets, and lets somebody verify who knows one.</summary>
    private static async Task<string> VerifyAsync(string known, string signed, string received)
    {
        var folder = Environment.GetEnvironmentVariable("OTP_TEST_WEBHOOK_ORACLE");
        Assert.SkipUnless(Directory.Exists(folder), "needs ./test, which installs standardwebhooks for OTP_TEST_WEBHOOK_ORACLE");
        var id = Guid.CreateVersion7().ToString();
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var headers = new Dictionary<string, string>
        {
            [CallbackSignature.IdHeader] = id,
            [CallbackSignature.TimestampHeader] = $"{timestamp}",
            [CallbackSignature.SignatureHeader]
            = CallbackSignature.Sign([Secret(New), Secret(Old)], id, timestamp, Encoding.UTF8.GetBytes(signed)),
        };
        var (_, verdict, _) = await Programs.RunAsync(
            "node",
            [Path.Combine(AppContext.BaseDirectory, "Callbacks", "webhook-oracle", "verify.cjs"), folder!],
            input: JsonSerializer.Serialize(new { secret = known, headers, body = received }));
        return verdict;
    }
}
