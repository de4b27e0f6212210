using System.Net.Sockets;
using System.Text;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>A call on one connection; answers whether it was what it should be.</summary>
/// <param name="wire">The connection.</param>
/// <param name="stopping">For what is waited for before the call; a call that is sent is let finish, since the server counts it
/// too.</param>
internal delegate ValueTask<bool> Call(Wire wire, CancellationToken stopping);

/// <summary>Connections that each make one call after the other until they are stopped.</summary>
internal sealed class Callers : IAsyncDisposable
{
    public const int Connections = 64;

    private readonly CancellationTokenSource _stop = new();
    private Task[] _running = [];
    private long _succeeded;
    private long _failed;
    private string? _firstFailure;

    public long Succeeded => Interlocked.Read(ref _succeeded);

    public bool HasFailed => Interlocked.Read(ref _failed) > 0;

    /// <param name="address">The server.</param>
    /// <param name="callOfConnection">Makes the call of one connection; what it renders into is that connection's own.</param>
    /// <param name="cancellationToken">Ends the connecting.</param>
    public static Task<Callers> StartAsync(Uri address, Func<Call> callOfConnection, CancellationToken cancellationToken) =>
        StartAsync([address], _ => callOfConnection(), cancellationToken);

    /// <summary>Connections to several servers, the same number to each.</summary>
    public static async Task<Callers> StartAsync(
        IReadOnlyList<Uri> addresses, Func<Uri, Call> callOfConnection, CancellationToken cancellationToken)
    {
        var callers = new Callers();
        var wires = await Task.WhenAll(Enumerable.Range(0, Connections).Select(async i =>
        {
            var address = addresses[i % addresses.Count];
            return (Address: address, Wire: await Wire.ConnectAsync(address, cancellationToken));
        }));
        callers._running =
        [
            .. wires.Select(w => Task.Run(() => callers.RepeatAsync(w.Wire, callOfConnection(w.Address)), CancellationToken.None)),
        ];
        return callers;
    }

    /// <summary>Ends them and says what went wrong; null when nothing did.</summary>
    public async Task<string?> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        return _failed == 0 ? null : $"{_failed:#,##0} calls failed, the first with {_firstFailure}";
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RepeatAsync(Wire wire, Call call)
    {
        using (wire)
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    if (await call(wire, _stop.Token))
                    {
                        Interlocked.Increment(ref _succeeded);
                        continue;
                    }

                    Fail(Encoding.UTF8.GetString(wire.Body[..Math.Min(300, wire.Body.Length)]));
                }
                catch (OperationCanceledException) when (_stop.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception lost) when (lost is SocketException or BenchException)
                {
                    Fail(lost.Message);
                    return;
                }
            }
        }
    }

    private void Fail(string why)
    {
        Interlocked.Increment(ref _failed);
        Interlocked.CompareExchange(ref _firstFailure, why, comparand: null);
    }
}
