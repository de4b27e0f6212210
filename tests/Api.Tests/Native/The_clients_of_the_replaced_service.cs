using System.Net;
using System.Text;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Native;

/// <summary>The wire as the vendor's own python and PHP clients use it.</summary>
public sealed class The_clients_of_the_replaced_service
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public The_clients_of_the_replaced_service(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
        _client.Http.DefaultRequestHeaders.Authorization = new("Bearer", "also-sent");
        _client.Http.DefaultRequestHeaders.Accept.Add(new("application/json"));
    }

    [Fact]
    public async Task Send_a_media_type_with_an_empty_body_on_GET_and_DELETE()
    {
        var id = await _client.WithRequestedOtpAsync();

        var read = await _client.SendAsync(HttpMethod.Get, $"/otp/{id}", new ByteArrayContent([]), "application/json");
        var cancelled = await _client.SendAsync(HttpMethod.Delete, $"/otp/{id}", new ByteArrayContent([]), "application/json");

        read.Status.ShouldBe(HttpStatusCode.OK);
        cancelled.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Send_numbers_as_texts()
    {
        var answer = await _client.RequestAsync(
            $$"""{"phoneNumber":"{{Recipients.Next()}}","countryIso":"FR","ttl":"500","maxAttempts":"4","pinType":"numbers","pinLength":"4"}""");

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        answer.Json.GetProperty("ttl").GetInt32().ShouldBe(500);
    }

    [Fact]
    public async Task Read_an_answer_that_their_models_accept()
    {
        var created = await _client.RequestAsync(new { channel = "email", email = "maria@example.com" });
        var read = await _client.ReadAsync(created.Json.GetProperty("otpId").GetString()!);

        foreach (var otp in new[] { created.Json, read.Json })
        {
            otp.GetProperty("otpId").GetString()!.ShouldBe(otp.GetProperty("otpId").GetString()!.ToLowerInvariant());
            otp.GetProperty("countryIso").GetString()!.ShouldNotBeEmpty();
            otp.GetProperty("status").GetString()!.ShouldMatch("^[A-Z]+$");
            otp.GetProperty("cost").GetRawText().ShouldContain(".");
            otp.GetProperty("ttl").GetInt32().ShouldBeInRange(60, 1800);
            otp.GetProperty("maxAttempts").GetInt32().ShouldBeInRange(1, 10);
            otp.GetProperty("attempts").GetInt32().ShouldBeInRange(0, 10);
            otp.GetProperty("parts").GetInt32().ShouldBeGreaterThan(0);
            DateTimeOffset.Parse(otp.GetProperty("dateExpires").GetString()!).Offset.ShouldBe(TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task Read_a_lifetime_that_another_api_set_within_their_bounds()
    {
        var id = await _client.WithRequestedOtpAsync();
        await _host.QueryAsync(
            db => Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlAsync(
                db.Database, $"UPDATE otps SET ttl = 86400 WHERE id = {id}"));

        (await _client.ReadAsync(id)).Json.GetProperty("ttl").GetInt32().ShouldBe(1800);
    }

    [Fact]
    public async Task Get_text_in_UTF8_with_its_length()
    {
        var answer = await _client.RequestAsync(new { phoneNumber = Recipients.Next(), name = "Zoë" });

        answer.Text.ShouldContain("\"phoneNumber\":\"+33");
        answer.Text.ShouldContain("\"name\":\"Zoë\"");
        answer["Content-Length"].ShouldBe(Encoding.UTF8.GetByteCount(answer.Text).ToString());
    }
}
