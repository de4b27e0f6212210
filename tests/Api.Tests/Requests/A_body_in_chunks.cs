using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Requests;

public sealed class A_body_in_chunks
{
    private readonly ApiHost _host;
    private readonly KestrelHost _server;

    public A_body_in_chunks(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _server = host.Kestrel;
    }

    [Theory]
    [InlineData("zz\r\n{}")]
    [InlineData("-1\r\n{}")]
    [InlineData("ffffffffffff\r\n{}")]
    [InlineData("7fffffffffffffffffff\r\n{}")]
    [InlineData("2\r\n{}no end\r\n0\r\n\r\n")]
    public async Task That_are_none_cannot_be_read(string body)
    {
        var answer = await RawExchange.SendAsync(
            _server.Address,
            $"POST /otp HTTP/1.1\r\nHost: {{host}}\r\nX-API-KEY: {_host.Shop.Key}\r\nContent-Type: " +
            $"application/json\r\nTransfer-Encoding: chunked", body);

        answer.Status.ShouldBe(400, answer.Body);
        answer.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(2101);
        answer.Json.GetProperty("error").GetProperty("message").GetString().ShouldBe("The request could not be read");
    }

    [Fact]
    public async Task That_are_more_than_64_KB_are_no_form()
    {
        var form = "grant_type=client_credentials&x=" + new string('x', 65_536);

        var answer = await RawExchange.SendAsync(
            _server.Address,
            $"POST /oauth/token HTTP/1.1\r\nHost: {{host}}\r\nAuthorization: {BasicHeader.From($"{_host.Shop.Id}:{_host.ShopSecret}")}\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked",
            $"{form.Length:x}\r\n{form}\r\n0\r\n\r\n");

        answer.Status.ShouldBe(400, answer.Body);
        answer.Json.GetProperty("error").GetProperty("type").GetString().ShouldBe("invalid_request");
    }

    [Fact]
    public async Task Is_read_like_any_other()
    {
        var body = $$"""{"phoneNumber":"{{Recipients.Next()}}"}""";

        var answer = await RawExchange.SendAsync(
            _server.Address,
            $"POST /otp HTTP/1.1\r\nHost: {{host}}\r\nX-API-KEY: {_host.Shop.Key}\r\nContent-Type: " +
            $"application/json\r\nTransfer-Encoding: chunked",
            $"1\r\n{body[0]}\r\n{body.Length - 1:x}\r\n{body[1..]}\r\n0\r\n\r\n");

        answer.Status.ShouldBe(201, answer.Body);
    }
}
