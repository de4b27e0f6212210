using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class An_idempotency_key
{
    private const string Invalid = "The header 'Idempotency-Key' must have 1 to 255 printable characters";
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public An_idempotency_key(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    [Fact]
    public async Task Gives_the_same_command_the_first_answer_again_whatever_happened_since()
    {
        var key = Guid.CreateVersion7().ToString();
        var phoneNumber = Recipients.Next();
        var first = await _client.RequestAsync(new { phoneNumber, ttl = 180 }, key);
        await _client.CancelAsync(first.Json.GetProperty("otpId").GetString()!);

        var again = await _client.RequestAsync($$"""{"ttl":"180", "phoneNumber":"{{phoneNumber}}"}""", idempotencyKey: $"\"{key}\"");

        again.Status.ShouldBe(HttpStatusCode.Created);
        again.Text.ShouldBe(first.Text);
        again["Location"].ShouldBe(first["Location"]);
    }

    [Fact]
    public async Task Of_another_command_is_refused()
    {
        var key = Guid.CreateVersion7().ToString();
        await _client.RequestAsync(new { phoneNumber = Recipients.Next() }, key);

        var other = await _client.RequestAsync(new { phoneNumber = Recipients.Next() }, key);

        other.ShouldBeRefused(422, "duplicate_value", 2106, "The idempotency key was used before with another command");
    }

    [Fact]
    public async Task Of_many_requests_at_once_makes_one_otp()
    {
        var key = Guid.CreateVersion7().ToString();
        var phoneNumber = Recipients.Next();

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => _client.RequestAsync(new { phoneNumber }, key)));

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.Created);
        answers.Select(a => a.Text).Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
    }

    [Fact]
    public async Task Belongs_to_one_application()
    {
        var key = Guid.CreateVersion7().ToString();
        var phoneNumber = Recipients.Next();
        var mine = await _client.RequestAsync(new { phoneNumber }, key);

        var theirs = await _host.Client(_host.OtherShop).RequestAsync(new { phoneNumber }, key);

        theirs.Status.ShouldBe(HttpStatusCode.Created);
        theirs.Json.GetProperty("otpId").GetGuid().ShouldNotBe(mine.Json.GetProperty("otpId").GetGuid());
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("a\tb")]
    [InlineData("256")]
    public async Task That_is_no_key_is_refused(string key)
    {
        var answer = await _client.RequestAsync(new { phoneNumber = Recipients.Next() }, key is "256" ? new string('x', 256) : key);

        answer.ShouldBeRefused(400, "invalid_request", 2101, Invalid);
    }
}
