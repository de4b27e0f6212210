using System.IO.Compression;
using System.Text;
using OtpPipeline.Workers.Callbacks;

namespace OtpPipeline.Workers.Tests.Callbacks;

public sealed class A_subscriber_that_compresses_its_answer
{
    [Fact]
    public async Task Is_shown_decoded()
    {
        await using var subscriber = await HttpReceiver.StartAsync(async http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            http.Response.ContentType = "text/plain; charset=utf-16";
            await using var gzip = new GZipStream(http.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(Encoding.Unicode.GetBytes("müde"));
        });

        Encoding.UTF8.GetString((await SendAsync(subscriber.Url)).Answer!).ShouldBe("müde");
    }

    [Theory]
    [InlineData("gzip", 3)]
    [InlineData("gzip", 3000)]
    [InlineData("br", 4000)]
    [InlineData("deflate", 1900)]
    public async Task Cannot_name_more_codings_than_two(string coding, int count)
    {
        await using var subscriber = await HttpReceiver.StartAsync(async http =>
        {
            http.Response.Headers.ContentEncoding = string.Join(',', Enumerable.Repeat(coding, count));
            await http.Response.Body.WriteAsync(GzippedThreeTimes("thanks"));
        });

        var made = await SendAsync(subscriber.Url);

        made.Result.ShouldBe(new(200, null, null));
        made.Answer.ShouldBeNull();
    }

    [Fact]
    public async Task Keeps_its_status_where_the_coding_is_broken()
    {
        await using var subscriber = await HttpReceiver.StartAsync(http =>
        {
            http.Response.Headers.ContentEncoding = "br";
            return http.Response.Body.WriteAsync(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF }).AsTask();
        });

        var made = await SendAsync(subscriber.Url);

        made.Result.ShouldBe(new(200, null, null));
        made.Answer.ShouldBeNull();
    }

    private static byte[] GzippedThreeTimes(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < 3; i++)
        {
            using var target = new MemoryStream();
            using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(bytes);
            }

            bytes = target.ToArray();
        }

        return bytes;
    }

    private static async Task<MadeRequest> SendAsync(string url)
    {
        using var exchange = new RealExchange();
        return (await exchange.SendAsync(url)).ShouldNotBeNull();
    }
}
