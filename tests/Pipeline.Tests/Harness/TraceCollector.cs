using System.Text;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>An OTLP collector that keeps what it is sent as bytes; a span's trace id and name stand in them as they are.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private readonly HttpReceiver _http;

    private TraceCollector(HttpReceiver http) => _http = http;

    public string Address => _http.Url;

    private IEnumerable<byte[]> Spans =>
        _http.All.Where(r => string.Equals(r.Path, "/v1/traces", StringComparison.Ordinal)).Select(r => r.Content);

    public static async Task<TraceCollector> StartAsync() => new(await HttpReceiver.StartAsync());

    /// <summary>A span of this name was exported in one message with the trace id.</summary>
    public bool Has(string traceId, string span)
    {
        var id = Convert.FromHexString(traceId);
        var name = Encoding.UTF8.GetBytes(span);
        return Spans.Any(s => s.AsSpan().IndexOf(id) >= 0 && s.AsSpan().IndexOf(name) >= 0);
    }

    public bool Mentions(string text) => Spans.Any(s => s.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public ValueTask DisposeAsync() => _http.DisposeAsync();
}
