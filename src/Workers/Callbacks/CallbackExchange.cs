using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Stores;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>The result of one request to a subscriber.</summary>
/// <param name="Result">The part that the schedule needs.</param>
/// <param name="Answer">First bytes of the answer.</param>
/// <param name="Duration">Duration of the whole exchange.</param>
public sealed record MadeRequest(CallbackResult Result, byte[]? Answer, TimeSpan Duration)
{
    /// <summary>The refused network, if the result is <see cref="CallbackReasons.AddressRefused"/>.</summary>
    public IPNetwork? RefusedNetwork { get; init; }

    /// <summary>What the request shows about the host's availability.</summary>
    public HostResult Host => Result switch
    {
        { Error: CallbackReasons.AddressRefused } => HostResult.Unknown,
        { HttpStatus: null or 429 or 502 or 503 or 504 } => HostResult.Failed,
        _ => HostResult.Answered,
    };
}

/// <summary>Makes one request to a subscriber within the time-out. Every failure becomes a result.</summary>
public sealed class CallbackExchange(HttpMessageInvoker http, IOptions<CallbackOptions> options, TimeProvider time)
{
    private const int MaxAnswer = 512;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(1);
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly ProductInfoHeaderValue Agent = new("OtpPipeline", productVersion: null);
    private static readonly StringWithQualityHeaderValue Identity = new("identity");

    /// <summary>Returns null if no attempt was made: the claim was over, or the application had no free look-up.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled; no attempt counts.</exception>
    public async Task<MadeRequest?> SendAsync(OutgoingCallback callback, IReadOnlyList<byte[]> secrets, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(options.Value.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = Request(callback, secrets);
            using var response = await http.SendAsync(request, either.Token);
            var answer = await ReadAsync(response, either.Token);
            return new(new((int)response.StatusCode, null, RetryAfterOf(response)), answer, time.GetElapsedTime(start));
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            if (Causes(failure).Any(c => c is LeaseOverException or NoLookupPlaceException))
            {
                return null;
            }

            var refused = Causes(failure).OfType<CallbackAddressRefusedException>().FirstOrDefault();
            return new(new(null, ErrorOf(failure), null), null, time.GetElapsedTime(start)) { RefusedNetwork = refused?.Network };
        }
    }

    private HttpRequestMessage Request(OutgoingCallback callback, IReadOnlyList<byte[]> secrets)
    {
        // A URL stored earlier, or under another configuration, is checked again like an address.
        if (!CallbackAddress.Check(callback.Content.Url, options.Value.Allowed, out var refused))
        {
            throw new CallbackAddressRefusedException(refused);
        }

        var id = callback.Id.ToString();
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        var lease = LeaseClock.Since(time, callback.LeasedSince, options.Value.Lease).ForCall(options.Value.Timeout);
        var request = new HttpRequestMessage(HttpMethod.Post, callback.Content.Url)
        {
            Version = HttpVersion.Version11,
            Content = new GuardedContent(callback.Content.Body, Json, lease),
        };
        request.Options.Set(CallbackConnections.Application, callback.ApplicationId);
        request.Headers.UserAgent.Add(Agent);
        request.Headers.AcceptEncoding.Add(Identity);
        request.Headers.Add(CallbackSignature.IdHeader, id);
        request.Headers.Add(CallbackSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        if (secrets.Count > 0)
        {
            request.Headers.Add(CallbackSignature.SignatureHeader, CallbackSignature.Sign(secrets, id, timestamp, callback.Content.Body));
        }

        return request;
    }

    /// <summary>Reads the start of the answer. The status already decides, so a slow or endless answer is cut off.</summary>
    private async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(AnswerTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var body = await AnswerBody.ReadAsync(response, MaxAnswer, either.Token);
        var bytes = new byte[MaxAnswer];
        Encoding.UTF8.GetEncoder().Convert(body.Text, bytes, flush: true, out _, out var length, out _);
        return length == 0 ? null : bytes[..length];
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date - time.GetUtcNow()) : null;

    private static IEnumerable<Exception> Causes(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    private static string ErrorOf(Exception failure)
    {
        foreach (var cause in Causes(failure))
        {
            switch (cause)
            {
                case CallbackAddressRefusedException:
                    return CallbackReasons.AddressRefused;
                case OperationCanceledException or TimeoutException:
                    return "timeout";
                case SocketException { SocketErrorCode: var code } when IsNameFailure(code):
                    return "name_not_resolved";
                case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }:
                    return "tls_failed";
                case HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError, InnerException: SocketException { SocketErrorCode: var code } }
                    when !IsNameFailure(code):
                    return "not_connected";
            }
        }

        return "answer_lost";
    }

    private static bool IsNameFailure(SocketError code) => code is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData;
}
