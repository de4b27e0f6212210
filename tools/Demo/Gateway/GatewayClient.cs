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

    /// <summary>Returns the PIN in the newest message of this channel; null if no message has arrived.</summary>
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
