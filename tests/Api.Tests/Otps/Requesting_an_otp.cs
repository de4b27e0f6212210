using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class Requesting_an_otp
{
    private static readonly string[] DocumentedFields =
    [
        "otpId", "trackId", "phoneNumber", "countryIso", "status", "cost", "parts", "maxAttempts", "attempts", "ttl", "otpCallbackUrl",
        "dateCreated", "dateExpires",
    ];

    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public Requesting_an_otp(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    [Fact]
    public async Task The_documented_example_is_answered_with_the_documented_fields()
    {
        var answer = await _client.RequestAsync(
            """
            {"phoneNumber":"+33612246400","countryIso":"FR","from":"InfoText","template":"Your verification code is {{pin}}",
             "trackId":"BF325375-E030-FCCB-A009-17317C574773","ttl":180,"maxAttempts":4,"pinType":"numbers","pinLength":4,
             "otpCallbackUrl":"https://webhook/receive-otp-status-updates"}
            """);

        answer.Status.ShouldBe(HttpStatusCode.Created);
        var otp = answer.Json;
        otp.EnumerateObject().Select(p => p.Name).Take(13).ShouldBe(DocumentedFields);
        otp.GetProperty("trackId").GetString().ShouldBe("bf325375-e030-fccb-a009-17317c574773");
        otp.GetProperty("phoneNumber").GetString().ShouldBe("+33612246400");
        otp.GetProperty("countryIso").GetString().ShouldBe("FR");
        otp.GetProperty("status").GetString().ShouldBe("PENDING");
        otp.GetProperty("cost").GetRawText().ShouldBe("0.1");
        otp.GetProperty("parts").GetInt32().ShouldBe(1);
        otp.GetProperty("maxAttempts").GetInt32().ShouldBe(4);
        otp.GetProperty("attempts").GetInt32().ShouldBe(0);
        otp.GetProperty("ttl").GetInt32().ShouldBe(180);
        otp.GetProperty("otpCallbackUrl").GetString().ShouldBe("https://webhook/receive-otp-status-updates");
        (otp.GetProperty("dateExpires").GetDateTime() - otp.GetProperty("dateCreated").GetDateTime()).ShouldBe(TimeSpan.FromSeconds(180));
        otp.GetProperty("dateCreated").GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$");
        var id = otp.GetProperty("otpId").GetString()!;
        id.ShouldMatch("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$");
        answer["Location"].ShouldBe($"/otp/{id}");
        otp.GetProperty("dateExpires").GetDateTime()
            .ShouldBe(await _host.QueryAsync(db => db.Otps.Where(o => o.Id == Guid.Parse(id)).Select(o => o.ExpiresAt).SingleAsync()));
        (await _host.PinOfAsync(Guid.Parse(id))).ShouldMatch("^[0-9]{4}$");
    }

    [Fact]
    public async Task What_is_left_open_comes_from_the_application_and_is_null_where_it_has_nothing()
    {
        var answer = await _client.RequestAsync(new { phoneNumber = "0612246401", countryIso = "fr" });

        answer.Status.ShouldBe(HttpStatusCode.Created);
        answer.Json.GetProperty("trackId").ValueKind.ShouldBe(JsonValueKind.Null);
        answer.Json.GetProperty("otpCallbackUrl").ValueKind.ShouldBe(JsonValueKind.Null);
        answer.Json.GetProperty("phoneNumber").GetString().ShouldBe("+33612246401");
        answer.Json.GetProperty("ttl").GetInt32().ShouldBe(300);
        answer.Json.GetProperty("channel").GetString().ShouldBe("sms");
        answer.Json.GetProperty("from").GetString().ShouldBe("InfoText");
        answer.Json.GetProperty("sequence").GetInt64().ShouldBe(1);
        answer.Json.TryGetProperty("deliveries", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Numbers_may_come_as_texts_and_texts_as_numbers()
    {
        var answer = await _client.RequestAsync(
            """{"phoneNumber":"+33612246402","ttl":"500","maxAttempts":" 3 ","pinLength":8.0,"from":12345}""");

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        answer.Json.GetProperty("ttl").GetRawText().ShouldBe("500");
        answer.Json.GetProperty("maxAttempts").GetRawText().ShouldBe("3");
        answer.Json.GetProperty("from").GetString().ShouldBe("12345");
        (await _host.PinOfAsync(answer.Json.GetProperty("otpId").GetGuid())).Length.ShouldBe(8);
    }

    [Fact]
    public async Task An_amount_of_nothing_is_still_a_number_with_a_decimal_point()
    {
        var answer = await _client.RequestAsync(new { phoneNumber = "+12015550123" });

        answer.Json.GetProperty("cost").GetRawText().ShouldBe("0.0");
    }

    [Theory]
    [InlineData("""{"channel":"email","email":"Maria@EXAMPLE.com"}""", "email", "Maria@example.com")]
    [InlineData("""{"channel":"telegram","chatId":123456789}""", "telegram", "123456789")]
    public async Task A_recipient_without_a_phone_number_has_an_empty_one_in_country_ZZ(string body, string channel, string recipient)
    {
        var answer = await _client.RequestAsync(body);

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        answer.Json.GetProperty("phoneNumber").GetString().ShouldBe("");
        answer.Json.GetProperty("countryIso").GetString().ShouldBe("ZZ");
        answer.Json.GetProperty("channel").GetString().ShouldBe(channel);
        answer.Json.GetProperty("recipient").GetString().ShouldBe(recipient);
    }

    [Theory]
    [InlineData("sms")]
    [InlineData("call")]
    [InlineData("whatsapp")]
    [InlineData("ussd")]
    public async Task Every_channel_to_a_phone_is_served(string channel)
    {
        var answer = await _client.RequestAsync(new { phoneNumber = Recipients.Next(), channel });

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        answer.Json.GetProperty("channel").GetString().ShouldBe(channel);
    }

    [Fact]
    public async Task Name_locale_and_metadata_are_echoed()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = "4711", ["café"] = "\"+'<>\u00e9" };
        var answer = await _client.RequestAsync(new { phoneNumber = Recipients.Next(), name = "Zoë", locale = "fr-CH", metadata });

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        var read = await _client.ReadAsync(answer.Json.GetProperty("otpId").GetString()!);
        foreach (var otp in new[] { answer.Json, read.Json })
        {
            otp.GetProperty("name").GetString().ShouldBe("Zoë");
            otp.GetProperty("locale").GetString().ShouldBe("fr-CH");
            otp.GetProperty("metadata").Deserialize<Dictionary<string, string>>().ShouldBe(metadata, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task A_success_carries_the_documented_headers()
    {
        var answer = await _client.RequestAsync(new { phoneNumber = Recipients.Next() });

        answer["X-Request-Id"].ShouldNotBeNullOrEmpty();
        double.Parse(answer["X-Response-Time"]!).ShouldBeGreaterThan(0);
        answer["X-Rate-Limit-Limit"].ShouldBe("6000");
        int.Parse(answer["X-Rate-Limit-Remaining"]!).ShouldBeInRange(0, 5999);
    }

    [Fact]
    public async Task The_answer_means_that_the_otp_its_delivery_and_its_work_command_are_stored_without_any_broker()
    {
        // Of its own: the work command of an application that requests much at this moment may wait a little.
        var application = await _host.Admin().WithApplicationAsync();
        var id = await _host.Client(application.Tenant).WithRequestedOtpAsync();

        (await _host.QueryAsync(db => db.Otps.CountAsync(o => o.Id == id))).ShouldBe(1);
        (await _host.QueryAsync(db => db.Deliveries.CountAsync(d => d.OtpId == id))).ShouldBe(1);
        (await _host.QueryAsync(db => db.Database.SqlQuery<int>(
            $"SELECT count(*)::int AS \"Value\" FROM outbox_messages WHERE body LIKE '%' || {id.ToString()} || '%'").SingleAsync())).ShouldBe(1);
    }
}
