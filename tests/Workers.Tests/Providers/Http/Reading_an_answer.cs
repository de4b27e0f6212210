using System.IO.Compression;
using System.Net;
using System.Text;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Http;

/// <summary>Character sets, content codings, and bodies that break off: what is certain holds, what cannot be read is UNKNOWN.</summary>
public sealed class Reading_an_answer
{
    private const string Taken = """{"status":"ok","id":"ü-1"}""";

    private static readonly (string, string?)[] MustSayOk = [
        ("Success:JsonPath", "status"), ("Success:JsonEquals", "ok"), ("MessageId:JsonPath", "id")
    ];

    public static TheoryData<string?, byte[]> CharacterSets => new()
    {
        { null, Encoding.UTF8.GetBytes(Taken) },
        { "application/json", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Taken)] },
        { "application/json; charset=iso-8859-1", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Taken)] },
        { "application/json; charset=utf8", Encoding.UTF8.GetBytes(Taken) },
        { "application/json; charset=\"UTF-8\"", Encoding.UTF8.GetBytes(Taken) },
        { "application/json; charset=utf-16", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Taken)] },
        { "application/json; charset=utf-16", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Taken)] },
        { "application/json; charset=utf-16", Encoding.Unicode.GetBytes(Taken) },
        { "application/json; charset=utf-16", Encoding.BigEndianUnicode.GetBytes(Taken) },
        { "application/json; charset=utf-16le", Encoding.Unicode.GetBytes(Taken) },
        { "application/json", Encoding.Unicode.GetBytes(Taken) },
        { "application/json; charset=utf-32", [0xFF, 0xFE, 0, 0, .. Encoding.UTF32.GetBytes(Taken)] },
        { "text/plain", Encoding.Latin1.GetBytes(Taken) },
        { "text/plain; charset=windows-1252", Encoding.Latin1.GetBytes(Taken) },
        { "not a type", Encoding.UTF8.GetBytes(Taken) },
    };

    public static TheoryData<string, byte[]> Codings => new()
    {
        { "gzip", Compressed(s => new GZipStream(s, CompressionLevel.Fastest)) },
        { "X-GZip", Compressed(s => new GZipStream(s, CompressionLevel.Fastest)) },
        { "deflate", Compressed(s => new ZLibStream(s, CompressionLevel.Fastest)) },
        { "deflate", Compressed(s => new DeflateStream(s, CompressionLevel.Fastest)) },
        { "br", Compressed(s => new BrotliStream(s, CompressionLevel.Fastest)) },
        { "identity", Encoding.UTF8.GetBytes(Taken) },
        { "deflate, gzip", Compressed(s => new GZipStream(s, CompressionLevel.Fastest), Compressed(s => new ZLibStream(s, CompressionLevel.Fastest))) },
    };

    public static TheoryData<string, byte[]> Undecodable => new()
    {
        { "Content-Encoding: zstd", Encoding.UTF8.GetBytes(Taken) },
        { "Content-Encoding: gzip", Encoding.UTF8.GetBytes(Taken) },
        { "Content-Encoding: br", [0xFF, 0xFF, 0xFF, 0xFF] },
        { "Content-Encoding: deflate", [0xFF] },
        { "Content-Encoding: gzip", Compressed(s => new GZipStream(s, CompressionLevel.Fastest))[..^12] },
        { "Content-Type: application/json; charset=klingon", Encoding.UTF8.GetBytes(Taken) },
        { "Content-Type: application/json; charset=utf-7", Encoding.UTF8.GetBytes(Taken) },
        { "Content-Type: text/html", "<html>Please log in to the network</html>"u8.ToArray() },
        { "Content-Type: application/json", [] },
        { "Content-Type: application/json", Encoding.UTF8.GetBytes(Taken[..^3]) },
    };

    [Fact]
    public async Task Asks_for_an_answer_without_coding()
    {
        await using var gateway = await HttpReceiver.StartAsync();
        await using var host = new ProviderHost(Entry(gateway.Url));

        await host.SendAsync(Messages.To("+33612246400"));

        gateway.Single.Headers["Accept-Encoding"].ShouldBe("identity");
    }

    [Theory]
    [MemberData(nameof(CharacterSets))]
    public async Task Every_character_set_is_read(string? type, byte[] body) =>
        (await AnswerAsync(200, type is null ? "" : $"Content-Type: {type}", body, MustSayOk)).ShouldBe(new SendOutcome.Accepted("ü-1"));

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task A_coding_that_nobody_asked_for_is_undone(string coding, byte[] body) =>
        (await AnswerAsync(200, $"Content-Encoding: {coding}", body, MustSayOk)).ShouldBe(new SendOutcome.Accepted("ü-1"));

    [Theory]
    [MemberData(nameof(Undecodable))]
    public async Task What_cannot_be_read_is_unknown_and_never_final(string header, byte[] body) =>
        (await AnswerAsync(200, header, body, MustSayOk)).ShouldBe(new SendOutcome.Unknown("answer_unreadable"));

    [Theory]
    [MemberData(nameof(Undecodable))]
    public async Task And_taken_where_the_status_says_it_all(string header, byte[] body) =>
        (await AnswerAsync(202, header, body, [("MessageId:JsonPath", "message.id")])).ShouldBe(new SendOutcome.Accepted(null));

    [Theory]
    [InlineData(503, "unavailable")]
    [InlineData(401, "authentication_failed")]
    public async Task A_status_of_the_provider_holds_whatever_becomes_of_the_body(int status, string reason) =>
        (await BreakOffAsync(status, "{\"err", MustSayOk)).ShouldBe(new SendOutcome.ProviderFailed(reason));

    [Fact]
    public async Task So_does_one_that_asks_for_fewer_messages() =>
        (await BreakOffAsync(429, "{\"err", MustSayOk)).ShouldBe(new SendOutcome.Throttled("throttled"));

    [Fact]
    public async Task So_does_one_that_refuses() =>
        (await BreakOffAsync(400, "{\"err", MustSayOk)).ShouldBe(new SendOutcome.Refused("refused"));

    [Fact]
    public async Task A_status_that_may_be_a_success_is_unknown_without_its_body() =>
        (await BreakOffAsync(500, "Sen", [("Success:Status", "200,500"), ("Success:BodyMatches", "^Sent")]))
            .ShouldBe(new SendOutcome.Unknown("connection_lost"));

    [Theory]
    [InlineData("""{"status":"ok","id":"m-1"}""", true)]
    [InlineData("""{"status":"ok","id":"m-1" """, false)]
    public async Task A_value_counts_where_the_whole_of_it_came_before_the_connection_broke(string body, bool counts) =>
        (await BreakOffAsync(200, body, MustSayOk))
            .ShouldBe(counts ? new SendOutcome.Accepted("m-1") : new SendOutcome.Unknown("connection_lost"));

    [Theory]
    [InlineData("^OK", "OK 17", true)]
    [InlineData("^OK.*", "OK 17", true)]
    [InlineData("^OK$", "OK", false)]
    [InlineData(@"^OK\b", "OK", false)]
    [InlineData("^OK", "O", false)]
    public async Task A_pattern_counts_where_no_rest_can_undo_it(string pattern, string body, bool counts) =>
        (await BreakOffAsync(200, body, [("Success:BodyMatches", pattern)]))
            .ShouldBe(counts ? new SendOutcome.Accepted(null) : new SendOutcome.Unknown("connection_lost"));

    [Theory]
    [InlineData("id 17;", "17")]
    [InlineData("id 17", null)]
    public async Task A_message_id_that_may_go_on_is_none(string body, string? id) =>
        (await BreakOffAsync(200, body, [("MessageId:Regex", "id ([0-9]+)")])).ShouldBe(new SendOutcome.Accepted(id));

    [Fact]
    public async Task A_message_id_with_half_a_character_is_none() =>
        (await AnswerAsync(200, "", """{"status":"ok","id":"\ud800"}"""u8.ToArray(), MustSayOk))
            .ShouldBe(new SendOutcome.Accepted(null));

    [Fact]
    public async Task A_refusal_that_the_rest_may_hold_makes_an_accepted_message_unknown() =>
        (await BreakOffAsync(200, "{\"err", [("Refusals:0:JsonPath", "error"), ("Refusals:0:As", "recipient")]))
            .ShouldBe(new SendOutcome.Unknown("connection_lost"));

    [Fact]
    public async Task A_refused_message_whose_rest_may_say_later_is_tried_again() =>
        (await BreakOffAsync(400, "{\"err", [("Refusals:0:JsonPath", "error"), ("Refusals:0:As", "throttled")]))
            .ShouldBe(new SendOutcome.Throttled("throttled"));

    [Fact]
    public async Task A_chunk_that_is_none_is_no_end()
    {
        await using var server = new RawServer(async c =>
        {
            await c.HearUntilAsync("");
            await c.SayAsync("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nOK 17\nnonsense\n");
            await c.NothingAsync();
        });
        var entry = Entry($"http://127.0.0.1:{server.Port}/");
        await using var byStatus = new ProviderHost(entry.With(("MessageId:JsonPath", "id")));
        await using var byBody = new ProviderHost(entry.With(("Success:BodyMatches", "17")));

        (await byStatus.SendAsync(Messages.To("+33612246400"))).ShouldBe(new SendOutcome.Accepted(null));
        (await byBody.SendAsync(Messages.To("+33612246400"))).ShouldBe(new SendOutcome.Unknown("connection_lost"));
    }

    [Fact]
    public async Task A_body_that_does_not_end_in_the_channels_time_overturns_no_status()
    {
        await using var server = new RawServer(async c =>
        {
            await c.HearUntilAsync("");
            await c.SayAsync($"HTTP/1.1 {(c.Number == 1 ? 202 : 429)} Whatever\nContent-Length: 100\n\n{{\"id\":");
            await c.NothingAsync();
        });
        await using var host = new ProviderHost(
            Entry($"http://127.0.0.1:{server.Port}/").With(("MessageId:JsonPath", "id")), TimeSpan.FromSeconds(1));

        (await host.SendAsync(Messages.To("+33612246400"))).ShouldBe(new SendOutcome.Accepted(null));
        (await host.SendAsync(Messages.To("+33612246400"))).ShouldBe(new SendOutcome.Throttled("throttled"));
    }

    [Fact]
    public async Task Of_a_body_that_is_too_long_the_begin_may_say_enough()
    {
        var body = Encoding.UTF8.GetBytes("OK " + new string('x', 70_000));

        (await AnswerAsync(200, "", body, [("Success:BodyMatches", "^OK ")])).ShouldBe(new SendOutcome.Accepted(null));
        (await AnswerAsync(200, "", body, [("Success:BodyMatches", "y")])).ShouldBe(new SendOutcome.Unknown("answer_too_long"));
    }

    private static Dictionary<string, string?> Entry(string url) => new() { ["Type"] = "http", ["Url"] = url };

    private static async Task<SendOutcome> AnswerAsync(int status, string header, byte[] body, (string, string?)[] keys)
    {
        await using var gateway = await HttpReceiver.StartAsync();
        gateway.Answer = async context =>
        {
            context.Response.StatusCode = status;
            if (header.Split(": ") is [var name, var value])
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.Body.WriteAsync(body);
        };
        await using var host = new ProviderHost(Entry(gateway.Url).With(keys));
        return await host.SendAsync(Messages.To("+33612246400"));
    }

    private static async Task<SendOutcome> BreakOffAsync(int status, string body, (string, string?)[] keys)
    {
        await using var server = new RawServer(async c =>
        {
            await c.HearUntilAsync("");
            await c.SayAsync($"HTTP/1.1 {status} {(HttpStatusCode)status}\nContent-Length: 1000\n\n{body}");
        });
        await using var host = new ProviderHost(Entry($"http://127.0.0.1:{server.Port}/").With(keys));
        return await host.SendAsync(Messages.To("+33612246400"));
    }

    private static byte[] Compressed(Func<Stream, Stream> coding, byte[]? body = null)
    {
        using var output = new MemoryStream();
        using (var stream = coding(output))
        {
            stream.Write(body ?? Encoding.UTF8.GetBytes(Taken));
        }

        return output.ToArray();
    }
}
