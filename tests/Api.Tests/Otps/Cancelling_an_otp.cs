using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class Cancelling_an_otp
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public Cancelling_an_otp(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    [Fact]
    public async Task Ends_it_and_suppresses_its_delivery()
    {
        var id = await _client.WithRequestedOtpAsync();
        var pin = await _host.PinOfAsync(id);

        var cancelled = await _client.CancelAsync(id);

        cancelled.Status.ShouldBe(HttpStatusCode.OK);
        cancelled.Text.ShouldBe($$$"""{"info":{"id":"{{{id}}}"}}""");
        (await _client.CancelAsync(id)).ShouldBeRefused(403, "access_denied", 2030, "Otp already cancelled");
        (await _client.VerifyAsync(id, pin)).ShouldBeRefused(400, "otp_cancelled", 2024, "The OTP was canceled");
        var otp = (await _client.ReadAsync(id)).Json;
        otp.GetProperty("status").GetString().ShouldBe("CANCELLED");
        var delivery = otp.GetProperty("deliveries").EnumerateArray().ShouldHaveSingleItem();
        delivery.GetProperty("status").GetString().ShouldBe("SUPPRESSED");
        delivery.GetProperty("reason").GetString().ShouldBe("cancelled");
        delivery.EnumerateObject().Select(p => p.Name)
            .ShouldBe(
            [
                "id", "channel", "provider", "step", "attempt", "resend", "status", "reason", "providerMessageId", "dateCreated",
                "dateUpdated", "dateSent", "dateDelivered", "dateRead",
            ]);
    }

    [Fact]
    public async Task Is_too_late_once_it_is_verified()
    {
        var id = await _client.WithRequestedOtpAsync();
        await _client.VerifyAsync(id, await _host.PinOfAsync(id));

        (await _client.CancelAsync(id)).ShouldBeRefused(403, "access_denied", 2031, "You cannot cancel a non-pending Otp");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("123456")]
    [InlineData("a17fb13df4ac4d939439ef41ab8de390")]
    [InlineData("{a17fb13d-f4ac-4d93-9439-ef41ab8de390}")]
    [InlineData("a17fb13d-f4ac-4d93-9439-ef41ab8de390")]
    public async Task Of_an_id_that_belongs_to_no_otp_is_not_found_by_any_method(string id)
    {
        foreach (var answer in new[] { await _client.CancelAsync(id), await _client.ReadAsync(id), await _client.VerifyAsync(id, """{"pin":"1234"}""") })
        {
            answer.ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
        }
    }

    [Fact]
    public async Task Of_another_applications_otp_is_not_found_by_any_method_and_changes_nothing()
    {
        var id = await _client.WithRequestedOtpAsync();
        var pin = await _host.PinOfAsync(id);
        var stranger = _host.Client(_host.OtherShop);

        foreach (var answer in new[] { await stranger.CancelAsync(id), await stranger.ReadAsync(id), await stranger.VerifyAsync(id, pin), await stranger.VerifyAsync(id.ToString(), "{}") })
        {
            answer.ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
        }

        (await _client.ReadAsync(id)).Json.GetProperty("attempts").GetInt32().ShouldBe(0);
        (await _client.VerifyAsync(id, pin)).Status.ShouldBe(HttpStatusCode.OK);
    }
}
