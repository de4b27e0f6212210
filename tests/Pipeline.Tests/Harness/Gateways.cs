using System.Collections.Concurrent;
using System.Text.Json;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>The gateways of one channel's providers, which keep what they get.</summary>
public sealed class Gateways : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> _arrived = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private int _read;

    internal HttpReceiver Hanging { get; private set; } = null!;

    internal HttpReceiver Failing { get; private set; } = null!;

    internal HttpReceiver Healthy { get; private set; } = null!;

    /// <summary>The recipients of the messages at the gateway that works.</summary>
    public ICollection<string> Arrived
    {
        get
        {
            foreach (var request in Healthy.All.Skip(_read))
            {
                _arrived[RecipientOf(request)] = true;
                _read++;
            }

            return _arrived.Keys;
        }
    }

    public async Task StartAsync()
    {
        Hanging = await HttpReceiver.StartAsync(async context =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, context.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        Failing = await HttpReceiver.StartAsync();
        Failing.Says(500);
        Healthy = await HttpReceiver.StartAsync();
    }

    internal static string RecipientOf(ReceivedRequest request) => JsonElement.Parse(request.Body).GetProperty("to").GetString()!;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Hanging.DisposeAsync();
        await Failing.DisposeAsync();
        await Healthy.DisposeAsync();
        _stop.Dispose();
    }
}
