using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>A message or a call that <see cref="TwilioStandIn"/> took.</summary>
internal sealed record TwilioMessage(string Sid, bool IsCall, string To, string Text, string StatusCallback);

/// <summary>Takes messages and calls as Twilio documents it, and signs receipts alike.</summary>
internal sealed class TwilioStandIn : IAsyncDisposable
{
    private const string AccountSid = "AC0123456789abcdef0123456789abcdef";
    private const string AuthToken = "planted-auth-token";
    private readonly ConcurrentQueue<TwilioMessage> _all = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });
    private HttpReceiver _receiver = null!;

    public IReadOnlyCollection<TwilioMessage> All => _all;

    /// <summary>Called before the answer.</summary>
    public Func<TwilioMessage, Task> Taken { get; set; } = _ => Task.CompletedTask;

    public static async Task<TwilioStandIn> StartAsync()
    {
        var twilio = new TwilioStandIn();
        twilio._receiver = await HttpReceiver.StartAsync(twilio.TakeAsync);
        return twilio;
    }

    /// <summary>Keys of the entry with the preset of a channel.</summary>
    public IEnumerable<KeyValuePair<string, string>> Entry(string name, string preset) => new Dictionary<string, string>
    {
        [$"Providers:{name}:Type"] = preset,
        [$"Providers:{name}:BaseUrl"] = _receiver.Url,
        [$"Providers:{name}:AccountSid"] = AccountSid,
        [$"Providers:{name}:AuthToken"] = AuthToken,
        [$"Providers:{name}:From"] = "+12025550123",
    };

    /// <summary>Sends a receipt to the message's address, which a proxy would lead to this Api; returns the status of the answer.</summary>
    public async Task<int> TellAsync(TwilioMessage message, string status, Uri api)
    {
        var form = new Dictionary<string, string>
        {
            ["AccountSid"] = AccountSid,
            ["MessageSid"] = message.Sid,
            ["MessageStatus"] = status,
            ["To"] = message.To,
        };
        var target = new Uri(api, new Uri(message.StatusCallback).PathAndQuery);
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("X-Twilio-Signature", Sign(message.StatusCallback, form));
        using var answer = await _http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _http.Dispose();
    }

    private async Task TakeAsync(HttpContext context)
    {
        var form = QueryHelpers.ParseQuery(HttpReceiver.RequestOf(context).Body);
        var isCall = context.Request.Path.Value!.EndsWith("/Calls.json", StringComparison.Ordinal);
        var sid = (isCall ? "CA" : "SM") + Guid.NewGuid().ToString("N");
        var message = new TwilioMessage(
            sid, isCall, form["To"].ToString(), form[isCall ? "Twiml" : "Body"].ToString(), form["StatusCallback"].ToString());
        _all.Enqueue(message);
        await Taken(message);
        context.Response.StatusCode = StatusCodes.Status201Created;
        await context.Response.WriteAsync($$"""{"sid":"{{sid}}","status":"queued"}""");
    }

    /// <summary>HMAC-SHA1 over the address and the fields sorted by name.</summary>
    private static string Sign(string url, Dictionary<string, string> form) => Convert.ToBase64String(HMACSHA1.HashData(
        Encoding.UTF8.GetBytes(AuthToken),
        Encoding.UTF8.GetBytes(url + string.Concat(form.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Key + f.Value)))));
}
