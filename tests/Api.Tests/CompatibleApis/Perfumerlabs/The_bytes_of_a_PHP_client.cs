using System.Net.Sockets;
using System.Text;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

/// <summary>What Guzzle over curl puts on the wire for the calls of the vendor's page: a body and its length on GET too.</summary>
[Collection(PerfumerlabsCollection.Name)]
public sealed class The_bytes_of_a_PHP_client : IAsyncDisposable
{
    private readonly KestrelHost _server;

    public The_bytes_of_a_PHP_client(PerfumerlabsHost host)
    {
        Servers.SkipWithout();
        _server = new(host.Host, host.Settings);
    }

    [Fact]
    public async Task Send_check_and_find_over_one_connection()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_server.Address.Host, _server.Address.Port);
        await using var stream = socket.GetStream();
        var (phone, other) = (Someone.Phone(), Someone.Phone());

        (await SendAsync(stream, "POST", "/sms", $$"""{"phone":"{{phone}}","password":"12345","lifetime":300,"message":"Your OTP is 12345"}""")).ShouldBe("""HTTP/1.1 200 OK {"status":true}""");
        (await SendAsync(stream, "GET", "/sms/check", $$"""{"phone":"{{phone}}","password":"54321"}""")).ShouldBe("""HTTP/1.1 200 OK {"status":false}""");
        (await SendAsync(stream, "GET", "/sms/check", $$"""{"phone":"{{phone}}","password":"12345"}""")).ShouldBe("""HTTP/1.1 200 OK {"status":true}""");
        (await SendAsync(stream, "POST", "/sms", $$"""{"phone":"{{other}}","password":"p-h-p-1","lifetime":"300","message":"x"}""")).ShouldBe("""HTTP/1.1 200 OK {"status":true}""");
        (await SendAsync(stream, "GET", "/password", $$"""{"target":"{{other}}"}""")).ShouldBe("""HTTP/1.1 200 OK {"status":true,"content":{"password":"p-h-p-1"}}""");
        (await SendAsync(stream, "GET", "/target", """{"password":"p-h-p-1","channel":"sms"}""")).ShouldBe($$$"""HTTP/1.1 200 OK {"status":true,"content":{"target":"{{{other}}}"}}""");
        (await SendAsync(stream, "POST", "/sms", """{"phone":"","password":"12345"}""")).ShouldBe("""HTTP/1.1 400 Bad Request {"status":false,"message":"\"phone\" parameter must be set"}""");
        (await SendAsync(stream, "POST", "/sms", "{\"phone\":\"" + new string('1', 100_000) + "\"}", expect: true)).ShouldBe("""HTTP/1.1 400 Bad Request {"status":false,"message":"The body is larger than 64 KB"}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<string> SendAsync(NetworkStream stream, string method, string path, string json, bool expect = false)
    {
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{PerfumerlabsHost.Username}:{PerfumerlabsHost.Password}"));
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"{method} {path} HTTP/1.1\r\nHost: {_server.Address.Authority}\r\nAuthorization: Basic {basic}\r\nUser-Agent: GuzzleHttp/7\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n{(expect ? "Expect: 100-Continue\r\n" : "")}\r\n{(expect ? "" : json)}"));
        var received = new StringBuilder();
        var buffer = new byte[8192];
        while (true)
        {
            var text = received.ToString();
            if (text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is var end and >= 0
                && int.Parse(text[..(end + 2)].Split("Content-Length: ")[1].Split("\r\n")[0]) is var length && text.Length - end - 4 >= length)
            {
                return $"{text.Split("\r\n")[0]} {text[(end + 4)..]}";
            }

            var count = await stream.ReadAsync(buffer);
            count.ShouldBeGreaterThan(0, "the connection ended before the answer");
            received.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }
}
