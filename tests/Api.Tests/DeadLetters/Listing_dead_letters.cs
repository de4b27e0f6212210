using System.Net;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.DeadLetters;

public sealed class Listing_dead_letters
{
    private readonly ApiHost _host;

    public Listing_dead_letters(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("a%00b")]
    [InlineData("%ff")]
    [InlineData("%ed%a0%80")]
    [InlineData("nothing")]
    public async Task Of_a_queue_that_cannot_be_finds_none(string queue)
    {
        var answer = await _host.CompatibleApis()
            .SendAsync(HttpMethod.Get, $"/admin/dead-letters?queue={queue}", headers: ("Authorization", $"Bearer {_host.AdminKey}"));

        answer.Text.ShouldBe("""{"items":[],"next":null}""");
        answer.Status.ShouldBe(HttpStatusCode.OK);
    }
}
