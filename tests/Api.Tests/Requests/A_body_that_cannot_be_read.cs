using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Requests;

public sealed class A_body_that_cannot_be_read
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public A_body_that_cannot_be_read(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    public static TheoryData<string, byte[], string> Bodies => new()
    {
        { "empty", [], "The body is empty: a JSON object is expected" },
        { "only a byte order mark", [0xEF, 0xBB, 0xBF], "The body is empty: a JSON object is expected" },
        { "blank", "  "u8.ToArray(), "The body is not valid JSON" },
        { "text", "pin=1234"u8.ToArray(), "The body is not valid JSON" },
        { "cut off", """{"phoneNumber":"+33"""u8.ToArray(), "The body is not valid JSON" },
        { "two objects", "{}{}"u8.ToArray(), "The body is not valid JSON" },
        { "trailing comma", """{"a":1,}"""u8.ToArray(), "The body is not valid JSON" },
        { "comment", "{/**/}"u8.ToArray(), "The body is not valid JSON" },
        { "list", "[]"u8.ToArray(), "The body is not a JSON object" },
        { "number", "1"u8.ToArray(), "The body is not a JSON object" },
        { "null", "null"u8.ToArray(), "The body is not a JSON object" },
        { "repeated field", """{"phoneNumber":"+33612246400","phoneNumber":"+33612246401"}"""u8.ToArray(), "The body holds the same " +
            "field twice" },
        { "repeated through an escape", """{"pin":"1","p\u0069n":"2"}"""u8.ToArray(), "The body holds the same field twice" },
        { "repeated within", """{"phoneNumber":"+33612246400","metadata":{"a":"1","a":"2"}}"""u8.ToArray(), "The body holds the same " +
            "field twice" },
        { "seventeen levels deep", Encoding.UTF8.GetBytes($$"""{"a":{{new string('[', 16)}}{{new string(']', 16)}}}"""), "The body is not valid JSON" },
        { "broken UTF-8", [.. """{"phoneNumber":"+33612246400","name":"a"""u8, 0xC3, 0x28, .. "\"}"u8], "The body is not valid UTF-8 " +
            "text" },
        { "lone high surrogate", """{"phoneNumber":"+33612246400","name":"a\ud800"}"""u8.ToArray(), "The body is not valid UTF-8 text" },
        { "lone low surrogate in a name", """{"phoneNumber":"+33612246400","metadata":{"\uDC00":"1"}}"""u8.ToArray(), "The body is not valid UTF-8 text" },
        { "high surrogates only", """{"phoneNumber":"+33612246400","name":"\ud800\ud800"}"""u8.ToArray(), "The body is not valid " +
            "UTF-8 text" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Is_refused_in_the_apis_own_words(string what, byte[] body, string message)
    {
        _ = what;
        (await _client.RequestAsync(body)).ShouldBeRefused(400, "invalid_body", 2101, message);

        var id = await _client.WithRequestedOtpAsync();
        var verification = await _client.SendAsync(HttpMethod.Post, $"/otp/{id}", new ByteArrayContent(body), "application/json");
        verification.ShouldBeRefused(400, "invalid_body", 2101, message);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task Of_another_media_type_is_refused(string contentType)
    {
        var answer = await _client.RequestAsync("""{"phoneNumber":"+33612246400"}""", contentType);

        answer.ShouldBeRefused(400, "invalid_body", 2101, "The media type must be application/json in UTF-8");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json;charset=UTF-8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/vnd.shop+json")]
    [InlineData("APPLICATION/JSON")]
    public async Task Is_not_one_whose_media_type_is_missing_or_some_JSON(string? contentType)
    {
        var answer = await _client.RequestAsync($$"""{"phoneNumber":"{{Recipients.Next()}}"}""", contentType);

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
    }

    [Fact]
    public async Task Is_not_one_with_whole_characters_in_escapes_or_a_byte_order_mark()
    {
        byte[] body = [
            0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($$"""{"phoneNumber":"{{Recipients.Next()}}","name":"\ud83d\ude00 \\ud800"}""")
        ];

        var answer = await _client.RequestAsync(body);

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        answer.Json.GetProperty("name").GetString().ShouldBe("😀 \\ud800");
    }

    [Fact]
    public async Task Leaves_no_otp_and_no_log_line_above_warning()
    {
        var client = _host.Client(_host.Refused);
        foreach (var row in Bodies)
        {
            await client.RequestAsync(row.Data.Item2);
        }

        (await _host.QueryAsync(db => db.Otps.CountAsync(o => o.ApplicationId == _host.Refused.Id))).ShouldBe(0);
        _host.Logs.Lines.Where(l => l.Level > LogLevel.Warning && !l.Category.StartsWith("MassTransit", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    /// <summary>On a real socket, as a client would send it.</summary>
    [Theory]
    [InlineData((64 * 1024) + 1)]
    [InlineData(1024 * 1024)]
    public async Task Of_more_than_64_KB_is_answered_on_a_connection_that_stays_usable(int length)
    {
        var server = _host.Kestrel;
        using var http = new HttpClient { BaseAddress = server.Address };
        var client = new ApiClient(http, _host.Shop.Key);
        var id = await client.WithRequestedOtpAsync();
        var body = Encoding.UTF8.GetBytes("{}".PadRight(length));

        foreach (var path in new[] { "/otp", $"/otp/{id}", "/otp" })
        {
            var refused = await client.SendAsync(HttpMethod.Post, path, new ByteArrayContent(body), "application/json");
            refused.Status.ShouldBe(HttpStatusCode.BadRequest);
            refused.Json.GetProperty("error").GetProperty("message").GetString().ShouldBe("The body is larger than 64 KB");
            refused.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(2101);
        }

        (await client.RequestAsync(new { phoneNumber = Recipients.Next() })).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Of_exactly_64_KB_is_read()
    {
        var body = $$"""{"phoneNumber":"{{Recipients.Next()}}"}""".PadRight(64 * 1024);

        (await _client.RequestAsync(body)).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Of_unknown_length_is_refused_once_it_is_too_long()
    {
        var server = _host.Kestrel;
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Address.Host, server.Address.Port);
        var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /otp HTTP/1.1\r\nHost: localhost\r\nX-API-KEY: {_host.Shop.Key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
        var chunk = Encoding.ASCII.GetBytes($"4000\r\n{new string(' ', 0x4000)}\r\n");
        for (var i = 0; i < 5; i++)
        {
            await stream.WriteAsync(chunk);
        }

        await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 400 Bad Request");
    }
}
