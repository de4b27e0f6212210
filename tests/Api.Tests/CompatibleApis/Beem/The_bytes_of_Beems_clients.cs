using System.Text;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Beem;

/// <summary>
/// What the python package, the vendor's node sample, the Laravel package and plain curl from PHP put on the wire: headers, their order,
/// spelling and JSON.
/// </summary>
public sealed class The_bytes_of_Beems_clients
{
    // The name and the secret of the shop; the secret is base64 text by itself.
    private static readonly string Basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("beem-key:beem-secret=="));

    private readonly ApiHost _host;
    private readonly KestrelHost _server;

    public The_bytes_of_Beems_clients(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _server = host.Kestrel;
    }

    public static TheoryData<string, string, string> Clients => new()
    {
        {
            "/v1",
            "Host: {host}\r\nUser-Agent: python-requests/2.26.0\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: " +
            "keep-alive\r\nContent-Type: application/json\r\nAuthorization: Basic {basic}\r\nContent-Length: {length}",
            """{"appId": 4711, "msisdn": "{msisdn}"}|{"pinId": "{pinId}", "pin": "{pin}"}"""
        },
        {
            "/api/v1",
            "Accept: application/json, text/plain, */*\r\nContent-Type: application/json\r\nAuthorization: Basic " +
            "{basic}\r\nUser-Agent: axios/0.21.1\r\nContent-Length: {length}\r\nHost: {host}\r\nConnection: close",
            """{"appId":4711,"msisdn":"{msisdn}"}|{"pinId":"{pinId}","pin":"{pin}"}"""
        },
        {
            "/api/v1",
            "Accept: application/json, text/plain, */*\r\nContent-Type: application/json;charset=utf-8\r\nAuthorization: Basic " +
            "{basic}\r\nUser-Agent: axios/0.19.2\r\nContent-Length: {length}\r\nHost: {host}\r\nConnection: close",
            """{"appId":"{msisdn}","msisdn":"4711"}|{"pinId":"{pinId}","pin":{pin-as-number}}"""
        },
        {
            "/v1",
            "Content-Length: {length}\r\nUser-Agent: GuzzleHttp/7\r\nContent-Type: application/json\r\nHost: {host}\r\nAuthorization: " +
            "Basic {basic}",
            """{"appId":"4711","msisdn":"{msisdn}"}|{"pinId":"{pinId}","pin":"{pin}"}"""
        },
        {
            "/v1",
            "Host: {host}\r\nAccept: */*\r\nAuthorization:Basic {basic}\r\nContent-Type: application/json\r\nContent-Length: {length}",
            """{"appId":"4711","msisdn":"{msisdn}","source_addr":"PORTAL"}|{"pinId":"{pinId}","pin":"{pin}"}"""
        },
        {
            "/v1",
            "Host: {host}\r\nAccept: */*\r\nAuthorization: Basic {basic}\r\nContent-Type: application/xml\r\nContent-Length: {length}",
            """<request><appId>4711</appId><msisdn>{msisdn}</msisdn></request>|<verify><pinId>{pinId}</pinId><pin>{pin}</pin></verify>"""
        },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Request_and_verify(string path, string head, string bodies)
    {
        head = head.Replace("{basic}", Basic, StringComparison.Ordinal);
        var (request, verify) = (bodies.Split('|')[0], bodies.Split('|')[1]);

        var sent = await RawExchange.SendAsync(
            _server.Address, $"POST {path}/request HTTP/1.1\r\n{head}",
            request.Replace("{msisdn}", BeemClient.Msisdn(), StringComparison.Ordinal));
        var pinId = sent.Json.GetProperty("data").GetProperty("pinId").GetGuid();
        var pin = await _host.PinOfAsync(pinId);
        var guess = verify.Replace("{pinId}", $"{pinId:D}", StringComparison.Ordinal).Replace("{pin}", pin, StringComparison.Ordinal)
            .Replace("{pin-as-number}", $"{int.Parse(pin)}", StringComparison.Ordinal);
        var verified = await RawExchange.SendAsync(_server.Address, $"POST {path}/verify HTTP/1.1\r\n{head}", guess);
        var again = await RawExchange.SendAsync(_server.Address, $"POST {path}/verify HTTP/1.1\r\n{head}", guess);

        sent.Head.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        sent.Body.ShouldBe(
            $$$"""{"data":{"pinId":"{{{pinId:D}}}","message":{"code":100,"message":"SMS sent successfully"},"pinExpiryTimeInMinutes":5,"expiresInSeconds":300""" + "}}");
        verified.Body.ShouldBe("""{"data":{"message":{"code":117,"message":"Valid Pin"}}}""");
        again.Head.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        again.Body.ShouldBe("""{"data":{"message":{"code":118,"message":"Duplicate Pin"}}}""");
    }

    /// <summary>The Laravel package looks for the word in the whole body.</summary>
    [Fact]
    public void Take_no_refusal_of_a_verification_for_a_success()
    {
        var errors = typeof(Api.CompatibleApis.Beem.BeemCodes).GetFields(
            System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public)
            .Select(f => f.GetValue(null)).OfType<Api.CompatibleApis.Beem.BeemMessage>()
                .Where(m => m.Code is 101 or 107 or (> 109 and not 117)).ToList();

        errors.Count.ShouldBe(14);
        errors.ShouldAllBe(m => !m.Message.Contains("valid", StringComparison.OrdinalIgnoreCase));
    }
}
