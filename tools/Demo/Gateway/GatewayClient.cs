using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace OtpPipeline.Demo.Gateway;

/// <summary>Reads what arrived at the gateway process, as the recipient would on a phone or in a mailbox.</summary>
internal sealed partial class GatewayClient : IDisposable
{
    private readonly HttpClient _http;

    public GatewayClient(Uri address, string token)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Served by the gateway process instead of the sandbox.</summary>
    public static bool Serves(string channel) => channel is "sms" or "email";

    /// <summary>The PIN in the newest message of this channel; null where there is none yet.</summary>
    public async Task<string?> PinAsync(string channel, string recipient, CancellationToken token)
    {
        var messages = await _http.GetFromJsonAsync<Arrived[]>($"received?recipient={Uri.EscapeDataString(recipient)}", token);
        var newest = messages?.FirstOrDefault(m => string.Equals(m.Channel, channel, StringComparison.Ordinal));
        return newest is not null && Digits().Match(newest.Text) is { Success: true } pin ? pin.Value : null;
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("[0-9]{4,10}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digits();
}
