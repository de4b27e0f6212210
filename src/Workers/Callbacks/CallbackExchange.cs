using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Callbacks;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>What one request to a subscriber gave.</summary>
/// <param name="Result">What the schedule needs of it.</param>
/// <param name="Answer">First bytes of the answer.</param>
/// <param name="Duration">Of the whole exchange.</param>
public sealed record MadeRequest(CallbackResult Result, byte[]? Answer, TimeSpan Duration)
{
    /// <summary>Whether the host can serve at all.</summary>
    public LaneResult Lane => Result switch
    {
        { Error: CallbackReasons.AddressRefused } => LaneResult.Unknown,
        { HttpStatus: null or 429 or 502 or 503 or 504 } => LaneResult.Failed,
        _ => LaneResult.Answered,
    };
}

/// <summary>One request to a subscriber, within the time-out; whatever happens becomes a result.</summary>
public sealed class CallbackExchange(HttpMessageInvoker http, IOptions<CallbackOptions> options, TimeProvider time)
{
    private const int MaxAnswer = 512;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(1);
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly ProductInfoHeaderValue Agent = new("OtpPipeline", productVersion: null);

    /// <exception cref="OperationCanceledException">The caller's token ended it: no attempt counts.</exception>
    public async Task<MadeRequest> SendAsync(OutgoingCallback callback, IReadOnlyList<byte[]> secrets, CancellationToken cancellationToken)
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
            return new(new(null, ErrorOf(failure), null), null, time.GetElapsedTime(start));
        }
    }

    private HttpRequestMessage Request(OutgoingCallback callback, IReadOnlyList<byte[]> secrets)
    {
        // A URL of another time, or of another configuration, is judged like an address.
        if (!CallbackAddress.IsAcceptable(callback.Content.Url, options.Value.Allowed))
        {
            throw new CallbackAddressRefusedException();
        }

        var id = callback.Id.ToString();
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, callback.Content.Url)
        {
            Version = HttpVersion.Version11,
            Content = new ByteArrayContent(callback.Content.Body) { Headers = { ContentType = Json } },
        };
        request.Headers.UserAgent.Add(Agent);
        request.Headers.Add(CallbackSignature.IdHeader, id);
        request.Headers.Add(CallbackSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        if (secrets.Count > 0)
        {
            request.Headers.Add(CallbackSignature.SignatureHeader, CallbackSignature.Sign(secrets, id, timestamp, callback.Content.Body));
        }

        return request;
    }

    /// <summary>The status has decided already: an answer that comes slowly or does not end is cut off.</summary>
    private async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxAnswer];
        var length = 0;
        using var patience = new CancellationTokenSource(AnswerTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            while (length < MaxAnswer && await body.ReadAsync(buffer.AsMemory(length), either.Token) is > 0 and var read)
            {
                length += read;
            }
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or OperationCanceledException)
        {
            Activity.Current?.AddEvent(new("answer cut off"));
        }

        return length == 0 ? null : buffer[..length];
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date - time.GetUtcNow()) : null;

    private static string ErrorOf(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case CallbackAddressRefusedException:
                    return CallbackReasons.AddressRefused;
                case OperationCanceledException or TimeoutException:
                    return "timeout";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData }:
                    return "name_not_resolved";
                case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }:
                    return "tls_failed";
                case HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } when cause.InnerException is not CallbackAddressRefusedException and SocketException { SocketErrorCode: not (SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData) }:
                    return "not_connected";
            }
        }

        return "answer_lost";
    }
}
