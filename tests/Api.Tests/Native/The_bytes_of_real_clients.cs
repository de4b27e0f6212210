using System.Net.Sockets;
using System.Text;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Native;

/// <summary>
/// The requests that the vendor's python client (urllib3) and PHP client (Guzzle over curl) put on the wire for the calls of the
/// documentation, with their headers, their order and their spelling.
/// </summary>
public sealed class The_bytes_of_real_clients
{
    private const string Python = "Accept: application/json\r\nUser-Agent: OpenAPI-Generator/1.0.0/python\r\n";
    private const string Php = "User-Agent: OpenAPI-Generator/1.0.0/PHP\r\nAccept: application/json\r\nContent-Type: application/json\r\n";
    private readonly ApiHost _host;
    private readonly KestrelHost _server;

    public The_bytes_of_real_clients(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _server = host.Kestrel;
    }

    [Fact]
    public async Task Python_requests_reads_verifies_and_cancels()
    {
        var credentials = $"X-API-KEY: {_host.Shop.Key}\r\nAuthorization: Bearer YOUR_ACCESS_TOKEN\r\n";
        var created = await SendAsync(
            $"POST /otp HTTP/1.1\r\nHost: {Host}\r\nAccept-Encoding: " +
            $"identity\r\n{Body($$$"""{"phoneNumber": "{{{Recipients.Next()}}}", "countryIso": "FR", "from": "InfoText", "template": "Your verification code is {{pin}}", "trackId": "bf325375-e030-fccb-a009-17317c574773", "ttl": 180, "maxAttempts": 4, "pinType": "numbers", "pinLength": 4, "otpCallbackUrl": "https://webhook/receive-otp-status-updates"}""", Python + credentials)}");
        var id = Created(created);
        created.Json.GetProperty("trackId").GetString().ShouldBe("bf325375-e030-fccb-a009-17317c574773");

        (await SendAsync($"GET /otp/{id} HTTP/1.1\r\nHost: {Host}\r\nAccept-Encoding: identity\r\n{Python}{credentials}\r\n")).Head
            .ShouldStartWith("HTTP/1.1 200 OK\r\n");
        var pin = await _host.PinOfAsync(id);
        (await SendAsync($"POST /otp/{id} HTTP/1.1\r\nHost: {Host}\r\nAccept-Encoding: " +
            $"identity\r\n{Body($$"""{"pin": "{{pin}}"}""", Python + credentials)}")).Body.ShouldBe("""{"status":"VERIFIED"}""");
        (await SendAsync($"DELETE /otp/{id} HTTP/1.1\r\nHost: {Host}\r\nAccept-Encoding: identity\r\n{Python}{credentials}\r\n")).Head
            .ShouldStartWith("HTTP/1.1 403 Forbidden\r\n");
    }

    [Fact]
    public async Task PHP_sends_numbers_as_texts_and_a_media_type_without_a_body()
    {
        var credentials = $"X-API-KEY: {_host.Shop.Key}\r\nAuthorization: Bearer YOUR_ACCESS_TOKEN\r\n";
        var created = await SendAsync(
            $"POST /otp HTTP/1.1\r\nHost: " +
            $"{Host}\r\n{Body($$"""{"phoneNumber":"{{Recipients.Next()}}","countryIso":"FR","from":"InfoText","ttl":"500","maxAttempts":"4","pinType":"numbers","pinLength":"4"}""", Php + credentials, typed: true)}");
        var id = Created(created);
        created.Json.GetProperty("ttl").GetInt32().ShouldBe(500);

        (await SendAsync($"GET /otp/{id} HTTP/1.1\r\nHost: {Host}\r\n{Php}{credentials}\r\n")).Head.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        (await SendAsync($"DELETE /otp/{id} HTTP/1.1\r\nHost: {Host}\r\n{Php}{credentials}Content-Length: 0\r\n\r\n")).Body
            .ShouldBe($$$"""{"info":{"id":"{{{id}}}"}}""");
    }

    [Theory]
    [InlineData("grant_type=client_credentials&scope=otp+sms")]
    [InlineData("scope=otp+sms&grant_type=client_credentials")]
    public async Task A_token_is_asked_for_with_Basic_and_a_form_in_either_order(string form)
    {
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_host.Shop.Id}:{_host.ShopSecret}"));
        var answer = await SendAsync(
            $"POST /oauth/token HTTP/1.1\r\nHost: {Host}\r\nAccept-Encoding: identity\r\nContent-Length: " +
            $"{form.Length}\r\nContent-Type: application/x-www-form-urlencoded\r\n{Python}Authorization: Basic {basic}\r\n\r\n{form}");

        answer.Head.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        var token = answer.Json.GetProperty("access_token").GetString();
        var created = await SendAsync(
            $"POST /otp HTTP/1.1\r\nHost: " +
            $"{Host}\r\n{Body($$"""{"phoneNumber":"{{Recipients.Next()}}"}""", Php + $"Authorization: Bearer {token}\r\n", typed: true)}");
        Created(created);
    }

    private string Host => _server.Address.Authority;

    private static string Body(string json, string headers, bool typed = false) =>
        $"Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n{(typed ? "" : "Content-Type: application/json\r\n")}{headers}\r\n{json}";

    private static Guid Created(Raw answer)
    {
        answer.Head.ShouldStartWith("HTTP/1.1 201 Created\r\n", customMessage: answer.Body);
        foreach (var header in new[] { "X-Request-Id: ", "X-Response-Time: ", "X-Rate-Limit-Limit: ", "X-Rate-Limit-Remaining: " })
        {
            answer.Head.ShouldContain("\r\n" + header);
        }

        return answer.Json.GetProperty("otpId").GetGuid();
    }

    private async Task<Raw> SendAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_server.Address.Host, _server.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        var received = new StringBuilder();
        var buffer = new byte[8192];
        while (true)
        {
            var text = received.ToString();
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                var head = text[..(end + 2)];
                var length = int.Parse(head.Split("Content-Length: ")[1].Split("\r\n")[0]);
                if (text.Length - end - 4 >= length)
                {
                    return new(head, text[(end + 4)..]);
                }
            }

            var count = await stream.ReadAsync(buffer);
            count.ShouldBeGreaterThan(0, "the connection ended before the answer");
            received.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }

    private sealed record Raw(string Head, string Body)
    {
        public System.Text.Json.JsonElement Json => System.Text.Json.JsonElement.Parse(Body);
    }
}
