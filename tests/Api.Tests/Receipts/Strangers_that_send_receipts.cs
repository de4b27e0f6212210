using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;

namespace OtpPipeline.Api.Tests.Receipts;

public sealed class Strangers_that_send_receipts
{
    private readonly ApiHost _host;

    public Strangers_that_send_receipts(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Are_refused_after_a_while_and_the_provider_beside_them_is_not()
    {
        await using var server = new KestrelHost(
            _host,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Api:PublicUrl"] = "http://otp.example.com", ["Api:AnonymousRequestsPerMinute"] = "2",
            },
            services => services.AddSingleton<IReceiptReader, SignedReader>());
        using var http = new HttpClient { BaseAddress = server.Address };
        var answers = new List<Answer>();

        // Eight, since a minute of the clock may end in between.
        for (var i = 0; i < 8; i++)
        {
            using var answer = await http.GetAsync(new Uri("/r/nothing", UriKind.Relative));
            answers.Add(await Answer.OfAsync(answer));
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/r/providers/gateway");
        request.Headers.Add(SignedReader.SignatureHeader, SignedReader.Sign("http://otp.example.com/r/providers/gateway", ""));
        using var real = await http.SendAsync(request);
        answers[0].Status.ShouldBe(HttpStatusCode.NotFound);
        answers.First(a => a.Status == HttpStatusCode.TooManyRequests)["Retry-After"].ShouldNotBeNull();
        real.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Nobody_is_told_2xx_while_the_database_is_unavailable()
    {
        await using var server = new KestrelHost(
            _host,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["Api:PublicUrl"] = "http://otp.example.com" },
            services => services.AddSingleton<IReceiptReader, SignedReader>().AddSingleton<IReceiptStore, UnavailableStore>());
        using var http = new HttpClient { BaseAddress = server.Address };
        const string Body = """[{"status":"delivered","id":"m-4"}]""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/r/providers/gateway") { Content = new StringContent(Body) };
        request.Headers.Add(SignedReader.SignatureHeader, SignedReader.Sign("http://otp.example.com/r/providers/gateway", Body));

        using var answer = await http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    private sealed class UnavailableStore : IReceiptStore
    {
        public Task<FoundDeliveries> FindAsync(
            IReadOnlyCollection<ReceiptToken> tokens, IReadOnlyCollection<ProviderMessage> messages, CancellationToken cancellationToken) =>
            throw new Npgsql.NpgsqlException("No connection", new System.Net.Sockets.SocketException(111));

        public Task<IReadOnlyDictionary<string, int>> KeepAsync(
            IReadOnlyCollection<KeptReceipt> receipts, int most, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nothing is kept");
    }
}
