using System.Net;
using System.Net.Http.Headers;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Workers.Connections;

/// <summary>The claim ended before the request was sent; another process may send it.</summary>
public sealed class LeaseOverException() : Exception("The claim ended before the request went out.");

/// <summary>A body that is sent only under a claim, and records whether sending began.</summary>
/// <remarks>
/// SocketsHttpHandler flushes a request's head together with its body on every connection that it tries, so the last clock check is here.
/// Requests without a body use an empty one, because the handler repeats a request whose body it has not begun.
/// </remarks>
internal sealed class GuardedContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly LeaseClock _lease;
    private readonly Func<CancellationToken, ValueTask>? _moment;

    /// <param name="bytes">The body.</param>
    /// <param name="contentType">Its type.</param>
    /// <param name="lease">The claim.</param>
    /// <param name="moment">Awaited right before the request is written; null for no wait.</param>
    public GuardedContent(
        ReadOnlyMemory<byte> bytes, MediaTypeHeaderValue? contentType, LeaseClock lease,
        Func<CancellationToken, ValueTask>? moment = null)
    {
        _bytes = bytes;
        _lease = lease;
        _moment = moment;
        Headers.ContentType = contentType;
    }

    /// <summary>While false, a failure means that the server has received nothing.</summary>
    public bool WentOut { get; private set; }

    /// <summary>The claim had ended when the body was to be sent, or its moment did not come in time.</summary>
    public bool WasHeldBack { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await ReachMomentAsync(cancellationToken);
        if (_lease.IsOver)
        {
            WasHeldBack = true;
            throw new LeaseOverException();
        }

        WentOut = true;
        await stream.WriteAsync(_bytes, cancellationToken);
    }

    private async ValueTask ReachMomentAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (_moment?.Invoke(cancellationToken) ?? ValueTask.CompletedTask);
        }
        catch (OperationCanceledException)
        {
            WasHeldBack = true;
            throw;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }
}
