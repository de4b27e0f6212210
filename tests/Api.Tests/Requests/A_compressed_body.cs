using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Requests;

/// <summary>
/// 415 with the coding that is accepted (RFC 9110, 15.5.16), in the shape of the API that was called; the body is not read.
/// </summary>
public sealed class A_compressed_body : IClassFixture<A_compressed_body.Server>
{
    private const string Sentence = "The body is compressed (Content-Encoding): send it as it is";
    private readonly ApiHost _host;
    private readonly Server _server;

    public A_compressed_body(ApiHost host, Server server)
    {
        Servers.SkipWithout();
        _host = host;
        _server = server;
    }

    /// <summary>Path, body, what shows the caller, and how the answer begins.</summary>
    public static TheoryData<string, string, string, string> Calls => new()
    {
        { "/otp", """{"phoneNumber":"+33612246400"}""", "key", $$"""{"error":{"type":"invalid_body","message":"{{Sentence}}",""" },
        { "/otp/01a1fa86-7284-736a-9747-af98cbc88280", """{"pin":"1234"}""", "key", $$"""{"error":{"type":"invalid_body","message":"{{Sentence}}",""" },
        { "/oauth/token", "grant_type=client_credentials", "key", $$"""{"error":{"type":"invalid_body","message":"{{Sentence}}",""" },
        { "/admin/applications", """{"name":"x"}""", "admin", """{"type":""" },
        { "/v1/request", """{"appId":4711,"msisdn":"255700001800"}""", "beem", """{"data":{"message":{"code":123,""" },
        { "/v1/verify", "{}", "beem", """{"data":{"message":{"code":123,""" },
        { "/otp/Shop-Config/sendOTP", "{}", "key", """{"timestamp":""" },
        { "/sm/api/ent/sms/2fa/sendOTP", "key=0123456789abcdef0123456789ABCDEF&phone=33612246400", "gupshup", """{"status":"error",""" },
        { "/sms", """{"phone":"33612246400","password":"1234","message":"1234"}""", "perfumerlabs", $$"""{"status":false,"message":"{{Sentence}}"}""" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Is_refused_in_every_API(string path, string body, string caller, string beginning)
    {
        foreach (var coding in new[] { "gzip", "identity, br" })
        {
            var answer = await SendAsync(path, coding, Compressed(body), caller);

            answer.Status.ShouldBe(HttpStatusCode.UnsupportedMediaType, answer.Text);
            answer["Accept-Encoding"].ShouldBe("identity");
            answer.Text.ShouldStartWith(beginning);
        }
    }

    [Fact]
    public async Task Makes_nothing_and_one_that_is_called_identity_is_read()
    {
        var before = await _host.QueryAsync(db => db.Otps.CountAsync(o => o.ApplicationId == _host.OtherShop.Id));
        var body = $$"""{"phoneNumber":"{{Recipients.Next()}}"}""";

        (await SendAsync("/otp", "gzip", Compressed(body), "other")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await SendAsync("/otp", "Identity", Encoding.UTF8.GetBytes(body), "other")).Status.ShouldBe(HttpStatusCode.Created);

        (await _host.QueryAsync(db => db.Otps.CountAsync(o => o.ApplicationId == _host.OtherShop.Id))).ShouldBe(before + 1);
    }

    private async Task<Answer> SendAsync(string path, string coding, byte[] body, string caller)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        var isForm = caller == "gupshup" || path == "/oauth/token";
        request.Content.Headers.ContentType = new(isForm ? "application/x-www-form-urlencoded" : "application/json");
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        var (name, value) = caller switch
        {
            "key" => ("X-API-KEY", _host.Shop.Key),
            "other" => ("X-API-KEY", _host.OtherShop.Key),
            "admin" => ("X-API-KEY", _host.AdminKey),
            "gupshup" => ("apikey", _host.Shop.Key),
            "beem" => ("Authorization", BasicHeader.From("beem-key:beem-secret==")),
            _ => ("Authorization", BasicHeader.From(PerfumerlabsServer.Pair)),
        };
        request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _server.Http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    private static byte[] Compressed(string body)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(body));
        }

        return bytes.ToArray();
    }

    /// <summary>On a real socket, with Perfumerlabs.</summary>
    public sealed class Server : IAsyncDisposable
    {
        private readonly KestrelHost? _host;

        public Server(ApiHost host)
        {
            if (Servers.AreThere)
            {
                _host = new(host, PerfumerlabsServer.SettingsOf(host.Shop.Id));
                Http = new HttpClient { BaseAddress = _host.Address };
            }
        }

        public HttpClient Http { get; } = new();

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            if (_host is not null)
            {
                await _host.DisposeAsync();
            }
        }
    }
}
