using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class Finding_otps
{
    private readonly ApiHost _host;

    public Finding_otps(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Pages_through_those_of_the_caller_newest_first_by_the_clock_of_the_database()
    {
        var (tenant, client) = await ApplicationAsync();
        var (other, _) = await ApplicationAsync();
        await _host.AddOtpsAsync(tenant.Id, 230);
        await _host.AddOtpsAsync(other.Id, 5);

        var sizes = new List<int>();
        var seen = await PagesAsync(client, "", sizes);

        var stored = await _host.QueryAsync(db => db.Otps.AsNoTracking().Where(o => o.ApplicationId == tenant.Id).ToListAsync());
        seen.ShouldBe(
            stored.OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id.ToString(), StringComparer.Ordinal).Select(o => o.Id));
        sizes.ShouldBe([100, 100, 30]);
    }

    [Fact]
    public async Task Ends_without_a_further_page_where_a_page_is_just_full()
    {
        var (tenant, client) = await ApplicationAsync();
        await _host.AddOtpsAsync(tenant.Id, 100);

        var page = (await client.GetAsync("/otp")).Json;

        page.GetProperty("data").GetArrayLength().ShouldBe(100);
        page.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Shows_each_as_a_read_of_it_does()
    {
        var (_, client) = await ApplicationAsync();
        var id = await client.WithRequestedOtpAsync();

        var found = (await client.GetAsync("/otp")).Json.GetProperty("data").EnumerateArray().Single();

        found.GetRawText().ShouldBe((await client.ReadAsync(id)).Text);
        found.GetProperty("deliveries").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"phoneNumber":"+33612246400"}""", "recipient=%2B33612246400")]
    [InlineData("""{"phoneNumber":"+33612246400"}""", "recipient=+33%206%2012%2024%2064%2000")]
    [InlineData("""{"phoneNumber":"+33612246400"}""", "recipient=06.12.24.64.00&countryIso=fr")]
    [InlineData("""{"phoneNumber":"+33612246400"}""", "recipient=33612246400&channel=sms")]
    [InlineData("""{"phoneNumber":"+33612246400"}""", "recipient=%2B33612246400&channel=SMS&status=pending")]
    [InlineData("""{"channel":"email","email":"Mary@Example.com"}""", "recipient=mary@EXAMPLE.com")]
    [InlineData("""{"channel":"email","email":"a@bücher.example"}""", "recipient=a@xn--bcher-kva.example&channel=email")]
    [InlineData("""{"channel":"telegram","chatId":-1001234567890}""", "recipient=-1001234567890")]
    [InlineData("""{"channel":"telegram","chatId":"33612246400"}""", "recipient=33612246400&channel=telegram")]
    [InlineData(
        """{"phoneNumber":"+33612246400","trackId":"bf325375-e030-fccb-a009-17317c574773"}""",
        "trackId=BF325375-E030-FCCB-A009-17317C574773")]
    [InlineData("""{"phoneNumber":"+33612246400","externalId":" A/ü 7 "}""", "externalId=%20A/%C3%BC%207%20")]
    [InlineData("""{"phoneNumber":"+33612246400","channel":"call"}""", "channel=call")]
    public async Task Finds_the_one_that_matches(string request, string query)
    {
        var (_, client) = await ApplicationAsync();
        var (_, stranger) = await ApplicationAsync();
        var wanted = (await client.RequestAsync(request)).Json.GetProperty("otpId").GetGuid();
        await client.RequestAsync(new { phoneNumber = "+33612246499", externalId = "A/ü 7", trackId = Guid.NewGuid() });
        await client.RequestAsync(new { channel = "email", email = "other@example.com" });
        await client.RequestAsync(new { channel = "telegram", chatId = "33612246499" });
        await stranger.RequestAsync(request);

        (await PagesAsync(client, query)).ShouldBe([wanted]);
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("VERIFIED")]
    [InlineData("Expired")]
    [InlineData("cancelled")]
    [InlineData("failed")]
    public async Task Finds_a_status_as_the_clock_of_the_database_has_it(string status)
    {
        var (_, client) = await ApplicationAsync();
        var otps = new Dictionary<string, Guid>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in new[] { "pending", "verified", "expired", "cancelled", "failed" })
        {
            otps[name] = await client.WithRequestedOtpAsync(maxAttempts: 1);
        }

        await client.VerifyAsync(otps["verified"], await _host.PinOfAsync(otps["verified"]));
        await client.VerifyAsync(otps["failed"], await _host.WrongPinOfAsync(otps["failed"]));
        await client.CancelAsync(otps["cancelled"]);
        await _host.LetExpireAsync(otps["expired"]);

        var found = (await client.GetAsync($"/otp?status={status}")).Json.GetProperty("data").EnumerateArray().Single();

        found.GetProperty("otpId").GetGuid().ShouldBe(otps[status]);
        found.GetProperty("status").GetString().ShouldBe(status.ToUpperInvariant());
        found.GetProperty("reason").GetString().ShouldBe(
            status switch { "Expired" => "never_sent", "failed" => "max_attempts", _ => null });
    }

    [Fact]
    public async Task Takes_from_as_the_first_moment_and_to_as_the_moment_after_the_last()
    {
        var (tenant, client) = await ApplicationAsync();
        var ids = await _host.AddOtpsAsync(tenant.Id, 4, atOnce: 1);
        var created = await _host.QueryAsync(
            db => db.Otps.AsNoTracking().Where(o => o.ApplicationId == tenant.Id).ToDictionaryAsync(o => o.Id, o => o.CreatedAt));

        var (from, to) = ($"{created[ids[2]]:O}", $"{created[ids[0]]:O}");

        (await PagesAsync(client, $"from={from}&to={to}")).ShouldBe([ids[1], ids[2]]);
        (await PagesAsync(client, $"from={to}")).ShouldBe([ids[0]]);
        (await PagesAsync(client, $"to={from}")).ShouldBe([ids[3]]);
    }

    [Fact]
    public async Task Finds_a_rare_one_behind_many_others_over_short_pages()
    {
        var (tenant, client) = await ApplicationAsync();
        var ids = await _host.AddOtpsAsync(tenant.Id, 2_300);
        var rare = ids[^1];
        await _host.QueryAsync(
            db => db.Database.ExecuteSqlAsync($"UPDATE otps SET status = 'CANCELLED', final_at = now() WHERE id = {rare}"));

        var sizes = new List<int>();
        (await PagesAsync(client, "status=cancelled", sizes)).ShouldBe([rare]);
        sizes.ShouldBe([0, 1]);
    }

    public static TheoryData<string, int, string, string> WrongQueries
    {
        get
        {
            const string NoRecipient =
                "The parameter 'recipient' is no phone number, e-mail address or chat id; a national number needs 'countryIso'";
            const string Ambiguous =
                "The parameter 'recipient' may be a phone number or a chat id: send 'channel' too, or the number with '+' (%2B)";
            const string ExternalId = "The parameter 'externalId' is not valid (max 128 characters, no control characters)";
            const string Status = "The parameter 'status' must be pending, verified, expired, cancelled or failed";
            const string Moments = "The parameters 'from' and 'to' must be moments, such as 2026-11-20T10:00:00Z";
            return new()
            {
                { "recipient=nobody", 2101, "invalid_request", NoRecipient },
                { "recipient=", 2101, "invalid_request", NoRecipient },
                { "recipient=33612246400", 2101, "invalid_request", Ambiguous },
                {
                    "recipient=123&channel=sms", 2002, "invalid_param",
                    "The parameter 'countryIso' is empty or not set, and 'recipient' is not international: it does not begin with '+' (%2B)"
                },
                { "recipient=123&countryIso=FR", 2020, "invalid_param", "The parameter 'recipient' is not a valid phone number" },
                { "recipient=0612246400&countryIso=UK", 2003, "invalid_param", "Country ISO provided is invalid" },
                { "recipient=x&channel=email", 2103, "invalid_param", "The parameter 'recipient' is not a valid e-mail address" },
                { "recipient=x&channel=telegram", 2104, "invalid_param", "The parameter 'recipient' is not a valid Telegram chat id" },
                { "trackId=7", 2018, "invalid_param", "Track ID provided (parameter 'trackId') is not a valid UUID (v1-v5)" },
                { "externalId=", 2105, "invalid_param", ExternalId },
                { "externalId=a%00", 2105, "invalid_param", ExternalId },
                { "status=sent", 2101, "invalid_request", Status },
                { "status=1", 2101, "invalid_request", Status },
                {
                    "channel=fax", 2102, "invalid_param",
                    "Invalid parameter 'channel'. Must be one of: sms, email, telegram, call, whatsapp, ussd"
                },
                { "from=yesterday", 2101, "invalid_request", Moments },
                { "to=", 2101, "invalid_request", Moments },
                {
                    "cursor=nonsense", 2101, "invalid_request",
                    "The query parameter 'cursor' is unknown: send the 'next' of an answer"
                },
            };
        }
    }

    [Theory]
    [MemberData(nameof(WrongQueries))]
    public async Task Says_which_parameter_is_wrong(string query, int code, string type, string message) =>
        (await _host.Client(_host.Shop).GetAsync($"/otp?{query}")).ShouldBeRefused(400, type, code, message);

    [Fact]
    public async Task Needs_a_key_with_the_scope()
    {
        (await _host.Client(null).GetAsync("/otp")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _host.Client(_host.WithoutScope).GetAsync("/otp")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<(Tenant Tenant, ApiClient Client)> ApplicationAsync()
    {
        var made = await _host.Admin().WithApplicationAsync();
        return (made.Tenant, new(_host.Factory.CreateClient(), made.Key));
    }

    private static async Task<List<Guid>> PagesAsync(ApiClient client, string query, List<int>? sizes = null)
    {
        var seen = new List<Guid>();
        string? cursor = "";
        do
        {
            var page = await client.GetAsync($"/otp?{query}{cursor}");
            page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
            seen.AddRange(page.Json.GetProperty("data").EnumerateArray().Select(o => o.GetProperty("otpId").GetGuid()));
            sizes?.Add(page.Json.GetProperty("data").GetArrayLength());
            cursor = page.Json.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : null;
        }
        while (cursor is not null);
        return seen;
    }
}
