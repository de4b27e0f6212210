using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OtpPipeline.Benchmarks.Running;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>The caller's side of callbacks: answers 204 at once and tells which recipient's OTP was reported VERIFIED.</summary>
internal sealed class CallbackReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<int, bool> _seen = new();

    private CallbackReceiver(int hosts)
    {
        var port = FreePorts.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls([.. Enumerable.Range(1, hosts).Select(i => $"http://127.0.0.{i}:{port}")]);
        _app = builder.Build();
        _app.Run(ReceiveAsync);
        Bases = [.. Enumerable.Range(1, hosts).Select(i => $"http://127.0.0.{i}:{port}/")];
    }

    /// <summary>Each with a host of its own; a recipient's number goes behind it.</summary>
    public IReadOnlyList<string> Bases { get; }

    /// <summary>Callbacks that came, each OTP once.</summary>
    public long Count { get; private set; }

    /// <summary>Called with the recipient's number, once for each.</summary>
    public Action<int> Verified { get; set; } = _ => { };

    public static async Task<CallbackReceiver> StartAsync(int hosts, CancellationToken cancellationToken)
    {
        var receiver = new CallbackReceiver(hosts);
        await receiver._app.StartAsync(cancellationToken);
        return receiver;
    }

    /// <summary>Waits until no more come: a receiver that goes away earlier leaves retries to the phases after it.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        long before;
        do
        {
            before = Count;
            await Task.Delay(Quiet, cancellationToken);
        }
        while (Count != before && TimeProvider.System.GetElapsedTime(start) < LongestWait);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        var body = await http.Request.BodyReader.ReadAtLeastAsync((int)(http.Request.ContentLength ?? 1));
        var verified = IsVerified(body.Buffer);
        http.Request.BodyReader.AdvanceTo(body.Buffer.End);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        if (!verified)
        {
            return;
        }

        var number = int.Parse(http.Request.Path.Value.AsSpan(1), CultureInfo.InvariantCulture);
        if (_seen.TryAdd(number, value: true))
        {
            lock (_seen)
            {
                Count++;
            }

            Verified(number);
        }
    }

    private static bool IsVerified(ReadOnlySequence<byte> body) =>
        (body.IsSingleSegment ? body.FirstSpan : body.ToArray()).IndexOf("\"VERIFIED\""u8) >= 0;
}
