using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OtpPipeline.Demo.Callbacks;

/// <summary>Whether a callback's signature is right: asked of the public library standardwebhooks where it is installed, else computed here.</summary>
internal sealed class SignatureCheck(string secret)
{
    private const string Prefix = "whsec_";
    private readonly string? _verifier = Environment.GetEnvironmentVariable("OTP_DEMO_WEBHOOK_VERIFIER");

    /// <summary>Who judges.</summary>
    public string Judge => HasLibrary ? "the npm package standardwebhooks" : "a check of the demo's own, since the npm package standardwebhooks is not installed";

    private bool HasLibrary => !string.IsNullOrEmpty(_verifier);

    public async Task<bool> IsGenuineAsync(ReceivedCallback callback, CancellationToken token) =>
        HasLibrary ? await AskLibraryAsync(callback, token) : Compare(callback);

    private async Task<bool> AskLibraryAsync(ReceivedCallback callback, CancellationToken token)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(_verifier!, "verify.cjs")])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var question = new
        {
            secret,
            headers = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["webhook-id"] = callback.Id,
                ["webhook-timestamp"] = callback.Timestamp,
                ["webhook-signature"] = callback.Signature,
            },
            body = callback.Body,
        };
        await node.StandardInput.WriteAsync(JsonSerializer.Serialize(question).AsMemory(), token);
        node.StandardInput.Close();
        await node.WaitForExitAsync(token);
        return node.ExitCode == 0;
    }

    private bool Compare(ReceivedCallback callback)
    {
        var signed = Encoding.UTF8.GetBytes($"{callback.Id}.{callback.Timestamp}.{callback.Body}");
        var key = Convert.FromBase64String(secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret);
        var expected = Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)));
        return callback.Signature.Split(' ').Any(s => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(s), expected));
    }
}
