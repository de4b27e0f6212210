using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace OtpPipeline.Demo.Gateway;

/// <summary>Reads the messages in the gateway process, as a recipient would on a phone or in a mailbox.</summary>
internal sealed partial class GatewayClient : IDisposable
{
    private readonly HttpClient _http;

    public GatewayClient(Uri address, string token)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>True if the gateway process, not the sandbox, serves the channel.</summary>
    public static bool Serves(string channel) => channel is "sms" or "email";

    /// <summary>Returns the PINs in the messages of this channel, the newest first.</summary>
    public async Task<IReadOnlyList<string>> PinsAsync(string channel, string recipient, CancellationToken token)
    {
        var messages = await ReadAsync<Arrived>("received", recipient, token);
        return [.. messages.Where(m => string.Equals(m.Channel, channel, StringComparison.Ordinal))
            .Select(m => Digits().Match(m.Text)).Where(pin => pin.Success).Select(pin => pin.Value)];
    }

    /// <summary>Returns the receipts that the gateway sent for this recipient, the oldest first.</summary>
    public Task<IReadOnlyList<SentReceipt>> ReceiptsAsync(string recipient, CancellationToken token) =>
        ReadAsync<SentReceipt>("receipts", recipient, token);

    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string path, string recipient, CancellationToken token) =>
        await _http.GetFromJsonAsync<T[]>($"{path}?recipient={Uri.EscapeDataString(recipient)}", token) ?? [];

    [GeneratedRegex("[0-9]{4,10}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digits();
}
