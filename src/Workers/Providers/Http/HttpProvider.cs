using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>Sends messages to a gateway that an entry of section <c>Providers</c> describes.</summary>
internal sealed partial class HttpProvider(
    string name, HttpDescription description, HttpMessageInvoker http, TimeProvider time, ILogger<HttpProvider> logger)
    : IOtpProvider, IDisposable
{
    private const int LongestBody = 64 * 1024;

    public string Name => name;

    /// <summary>Whether its entry describes feedback.</summary>
    public bool TakesFeedback => description.Feedback is not null;

    /// <summary>
    /// Creates the provider's own client: no redirects, no cookies, only the configured proxy, no trace context in requests.
    /// </summary>
    public static HttpMessageInvoker Client(
        string name, HttpProviderOptions options, PlainHttp plain, X509ChainPolicy? trust,
        HostConnector connector) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, token) => new NetworkStream(
            await connector.ConnectAsync(name, context.DnsEndPoint, plain.CheckOf(context.InitialRequestMessage), token), ownsSocket: true),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = options.Proxy is not null,
        Proxy = options.Proxy is null ? null : new WebProxy(options.Proxy),
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        SslOptions = { CertificateChainPolicy = trust },
    });

    public async Task<SendOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken)
    {
        using var request = description.Write(delivery, time.GetUtcNow().UtcDateTime, out var content);
        if (request is null)
        {
            Log.NotSendable(logger, delivery.Delivery.Id, name);
            return new SendOutcome.Refused("not_sendable");
        }

        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, cancellationToken);
        }
        catch (Exception) when (content.WasHeldBack)
        {
            Log.HeldBack(logger, delivery.Delivery.Id, name);
            return new SendOutcome.NotSent(ProviderCalls.ClaimOver);
        }
        catch (HttpRequestException refused) when (refused.InnerException is PlainHttpRefusedException plain)
        {
            Log.PlainHttpRefused(logger, delivery.Delivery.Id, name, plain.Address);
            return new SendOutcome.ProviderFailed("unavailable");
        }
        catch (Exception failure) when (!content.WentOut && failure is HttpRequestException or OperationCanceledException)
        {
            Log.Unreachable(
                logger, delivery.Delivery.Id, name,
                (failure as HttpRequestException)?.HttpRequestError ?? HttpRequestError.ConnectionError);
            return new SendOutcome.ProviderFailed("unavailable");
        }

        using (response)
        {
            var outcome = await ClassifyAsync(description.Rules, response, cancellationToken);
            Report(delivery, (int)response.StatusCode, outcome);
            return outcome;
        }
    }

    /// <summary>Makes one attempt to tell the gateway of the end of an OTP. Failures of the connection are thrown.</summary>
    public async Task<SendOutcome> TellAsync(MessageFeedback feedback, CancellationToken cancellationToken)
    {
        using var request = description.Feedback!.Write(feedback, time.GetUtcNow().UtcDateTime);
        if (request is null)
        {
            return new SendOutcome.Refused("not_sendable");
        }

        using var response = await http.SendAsync(request, cancellationToken);
        return await ClassifyAsync(description.Feedback.Rules, response, cancellationToken);
    }

    public void Dispose() => http.Dispose();

    private static string? Find(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values)
            || response.Content.Headers.TryGetValues(header, out values) ? values.FirstOrDefault() : null;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }

    private async Task<SendOutcome> ClassifyAsync(AnswerRules rules, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = rules.NeedBody ? await AnswerBody.ReadAsync(response, LongestBody, cancellationToken) : AnswerBody.Empty;
        return rules.Classify(new((int)response.StatusCode, body, header => Find(response, header), RetryAfter(response)));
    }

    private void Report(OutgoingDelivery delivery, int status, SendOutcome outcome)
    {
        switch (outcome)
        {
            case SendOutcome.ProviderFailed { Reason: "authentication_failed" or "redirected" or "not_accepted" or "not_found" } wrong:
                Log.WrongEntry(logger, delivery.Delivery.Id, name, status, wrong.Reason);
                break;
            case { Cause: { } reason }:
                Log.Refused(logger, delivery.Delivery.Id, name, status, reason);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "Delivery {DeliveryId}: the claim ended before the request to {Provider} went out; nothing was sent")]
        public static partial void HeldBack(ILogger logger, Guid deliveryId, string provider);

        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "Delivery {DeliveryId}: {Provider} is at {Address}, which neither is loopback nor in its PlainHttpNetworks; " +
                "nothing was sent over http://")]
        public static partial void PlainHttpRefused(ILogger logger, Guid deliveryId, string provider, IPAddress address);

        [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId}: {Provider} cannot be reached ({Error})")]
        public static partial void Unreachable(ILogger logger, Guid deliveryId, string provider, HttpRequestError error);

        [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId}: {Provider} answered {Status}: {Reason}")]
        public static partial void Refused(ILogger logger, Guid deliveryId, string provider, int status, string reason);

        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "Delivery {DeliveryId}: {Provider} answered {Status}: {Reason}. Its entry in section Providers may be wrong")]
        public static partial void WrongEntry(ILogger logger, Guid deliveryId, string provider, int status, string reason);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Delivery {DeliveryId}: a value has a control character and cannot stand in a header for {Provider}")]
        public static partial void NotSendable(ILogger logger, Guid deliveryId, string provider);
    }
}
