using System.Net;
using System.Text.Json.Nodes;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Signatures;

/// <summary>Answers instead of AWS: with certificates at their addresses, and with 200 to the confirmation of a subscription.</summary>
internal sealed class AwsStub(JsonObject certificates) : HttpMessageHandler
{
    private readonly List<Uri> _asked = [];

    /// <summary>Every address that was asked, in order.</summary>
    public IReadOnlyList<Uri> Asked => _asked;

    /// <summary>Answers so instead; null throws as a connection that fails.</summary>
    public Func<HttpStatusCode?>? Fails { get; set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri!;
        _asked.Add(address);
        if (Fails is not null)
        {
            return Task.FromResult(new HttpResponseMessage(Fails() ?? throw new HttpRequestException("no connection")));
        }

        var text = certificates[address.AbsoluteUri]?.GetValue<string>();
        var found = text is not null || address.Query.Contains("Action=ConfirmSubscription", StringComparison.Ordinal);
        return Task.FromResult(new HttpResponseMessage(found ? HttpStatusCode.OK : HttpStatusCode.NotFound)
        {
            Content = new StringContent(text ?? ""),
        });
    }
}
