namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>Twilio's library sends to api.twilio.com; this sends it to a server of the test.</summary>
internal sealed class TwilioToServer(string url) : DelegatingHandler(new HttpClientHandler())
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new Uri(url + request.RequestUri!.PathAndQuery);
        return base.SendAsync(request, cancellationToken);
    }
}
