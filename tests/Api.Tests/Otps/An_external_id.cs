using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class An_external_id
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public An_external_id(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    [Theory]
    [InlineData(" Kunde 7 / \"Ünal\" <7> ")]
    [InlineData("4711")]
    [InlineData("'; DROP TABLE otps; --")]
    public async Task Is_answered_as_it_came_by_POST_and_GET(string externalId)
    {
        var answer = await _client.RequestAsync(new { phoneNumber = Recipients.Next(), externalId });

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        answer.Json.GetProperty("externalId").GetString().ShouldBe(externalId);
        answer.Json.GetProperty("metadata").ValueKind.ShouldBe(JsonValueKind.Null);
        var read = await _client.ReadAsync(answer.Json.GetProperty("otpId").GetGuid());
        read.Json.GetProperty("externalId").GetString().ShouldBe(externalId);
        read.Json.GetProperty("metadata").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"order":"7"}""")]
    public async Task Stands_beside_metadata(string metadata)
    {
        var answer = await _client.RequestAsync($$"""{"phoneNumber":"{{Recipients.Next()}}","externalId":"a","metadata":{{metadata}}}""");

        var read = (await _client.ReadAsync(answer.Json.GetProperty("otpId").GetGuid())).Json;
        read.GetProperty("metadata").GetRawText().ShouldBe(metadata);
        read.GetProperty("externalId").GetString().ShouldBe("a");
    }

    [Fact]
    public async Task May_have_128_characters_and_come_as_a_number_and_an_empty_one_is_none()
    {
        var longest = new string('x', 128);
        (await ExternalIdOfAsync($"\"{longest}\"")).ShouldBe(longest);
        (await ExternalIdOfAsync("4711")).ShouldBe("4711");
        (await ExternalIdOfAsync("\"\"")).ShouldBeNull();
        (await ExternalIdOfAsync("null")).ShouldBeNull();
    }

    [Fact]
    public async Task Is_in_no_column_in_clear()
    {
        var externalId = $"customer-{Guid.NewGuid():N}";
        var answer = await _client.RequestAsync(new { phoneNumber = Recipients.Next(), externalId });

        var id = answer.Json.GetProperty("otpId").GetGuid();
        var row = await _host.QueryAsync(db => db.Otps.AsNoTracking().SingleAsync(o => o.Id == id));
        row.ExternalHash.ShouldNotBeNull().Length.ShouldBe(32);
        foreach (var stored in new[] { row.Metadata!, row.Details, row.ExternalHash })
        {
            Encoding.Latin1.GetString(stored).ShouldNotContain(externalId);
        }
    }

    [Fact]
    public async Task May_have_128_characters_beyond_the_first_65536_and_is_found_by_them()
    {
        var (longest, phoneNumber) = (string.Concat(Enumerable.Repeat("\ud83d\ude00", 128)), Recipients.Next());
        var name = string.Concat(Enumerable.Repeat("\ud83d\ude00", 100));

        var made = await _client.RequestAsync(new { phoneNumber, externalId = longest, name });

        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        made.Json.GetProperty("name").GetString().ShouldBe(name);
        var found = await _client.GetAsync($"/otp?externalId={Uri.EscapeDataString(longest)}");
        found.Json.GetProperty("data").EnumerateArray().Select(o => o.GetProperty("externalId").GetString()).ShouldContain(longest);
        (await _client.RequestAsync(new { phoneNumber, externalId = longest + "x" })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await _client.RequestAsync(new { phoneNumber, name = name + "x" })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await _client.GetAsync($"/otp?externalId={Uri.EscapeDataString(longest)}x")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("too long")]
    [InlineData("\"a\\u0007b\"")]
    [InlineData("\"a\\nb\"")]
    [InlineData("{\"id\":7}")]
    [InlineData("[7]")]
    public async Task Is_refused_where_it_is_no_text_of_up_to_128_characters(string json)
    {
        var given = json == "too long" ? $"\"{new string('x', 129)}\"" : json;

        (await _client.RequestAsync($$"""{"phoneNumber":"{{Recipients.Next()}}","externalId":{{given}}}""")).ShouldBeRefused(
            400, "invalid_param", 2105, "The parameter 'externalId' is not valid (max 128 characters, no control characters)");
    }

    [Fact]
    public async Task Makes_another_command_of_the_same_idempotency_key()
    {
        var (phoneNumber, key) = (Recipients.Next(), Guid.NewGuid().ToString());
        var first = await _client.RequestAsync(new { phoneNumber, externalId = "a" }, key);

        (await _client.RequestAsync(new { phoneNumber, externalId = "a" }, key)).Text.ShouldBe(first.Text);
        (await _client.RequestAsync(new { phoneNumber, externalId = "b" }, key)).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    private async Task<string?> ExternalIdOfAsync(string json)
    {
        var answer = await _client.RequestAsync($$"""{"phoneNumber":"{{Recipients.Next()}}","externalId":{{json}}}""");
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return answer.Json.GetProperty("externalId").GetString();
    }
}
