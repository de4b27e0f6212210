using System.Text;
using OtpPipeline.Hosting.Bus.Messages;

namespace OtpPipeline.Workers.Tests.Hosting.Bus.Messages;

public sealed class What_an_error_queue_keeps_of_a_body
{
    private const string Id = "01a1fa86-7284-736a-9747-af98cbc88280";

    [Fact]
    public void Is_its_size_and_its_ids()
    {
        var body = $$"""{"otpId":"{{Id}}","pin":"4711","trackId":"no id"}""";

        Kept(body).ShouldBe($$"""{"redacted":true,"size":{{body.Length}},"otpId":"{{Id}}"}""");
    }

    [Theory]
    [InlineData("""{"\ud800-and-a-long-name":1,"otpId":"01a1fa86-7284-736a-9747-af98cbc88280"}""")]
    [InlineData("""{"otpId":"\ud800-7284-736a-9747-af98cbc882800000"}""")]
    [InlineData("""{"message":{"\udc00-and-a-long-name":1}}""")]
    public void Is_its_size_alone_where_it_has_half_a_character(string body) =>
        Kept(body).ShouldBe($$"""{"redacted":true,"size":{{body.Length}}}""");

    private static string Kept(string body) => Encoding.UTF8.GetString(RedactedBody.From(Encoding.UTF8.GetBytes(body)));
}
