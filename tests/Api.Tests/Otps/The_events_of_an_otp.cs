using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

/// <summary>There is no broker, so that what the outbox holds for it stays.</summary>
public sealed class The_events_of_an_otp
{
    private const string Url = "https://shop.example.com/otp";
    private readonly ApiHost _host;

    public The_events_of_an_otp(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Theory]
    [InlineData("all", null, null, "otp-delivery-changed,otp-status-changed")]
    [InlineData("status", null, null, "otp-status-changed")]
    [InlineData("none", null, null, "")]
    [InlineData("all", "all", Url, "otp-delivery-changed,otp-status-changed")]
    [InlineData("status", "all", Url, "otp-callback,otp-status-changed")]
    [InlineData("none", "status", Url, "otp-callback")]
    [InlineData("none", "all", Url, "otp-callback")]
    public async Task Are_those_that_the_application_wants_whatever_it_is_called_back_for(
        string events, string? callbackEvents, string? otpCallbackUrl, string stored)
    {
        var application = await _host.Admin().WithApplicationAsync(new { events, callbackEvents = callbackEvents ?? "status" });
        await _host.RefreshAsync();
        var client = _host.Client(application.Tenant);
        var answer = await client.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl });
        var otpId = answer.Json.GetProperty("otpId").GetGuid();

        (await client.CancelAsync(otpId)).Status.ShouldBe(HttpStatusCode.OK);

        (await StoredAsync(otpId)).ShouldBe(["otp-requested", .. stored.Split(',', StringSplitOptions.RemoveEmptyEntries)]);
        var owed = otpCallbackUrl is null ? [] : callbackEvents == "all" ? new long[] { 2, 3 } : [3];
        (await _host.QueryAsync(db => db.Callbacks.Where(c => c.OtpId == otpId).Select(c => c.Sequence).Order().ToListAsync()))
            .ShouldBe(owed);
    }

    [Fact]
    public async Task Are_fixed_when_it_is_requested()
    {
        var application = await _host.Admin().WithApplicationAsync(new { events = "none" });
        await _host.RefreshAsync();
        var client = _host.Client(application.Tenant);
        var otpId = await client.WithRequestedOtpAsync();
        var changed = await _host.Admin().PatchAsync($"/{application.Id}", new { settings = new { events = "all" } });
        changed.Json.GetProperty("settings").GetProperty("events").GetString().ShouldBe("all");
        await _host.RefreshAsync();

        (await client.CancelAsync(otpId)).Status.ShouldBe(HttpStatusCode.OK);

        (await StoredAsync(otpId)).ShouldBe(["otp-requested"]);
    }

    private Task<List<string>> StoredAsync(Guid otpId) => _host.QueryAsync(db => db.Database.SqlQuery<string>(
        $"""
        SELECT message_type AS "Value" FROM outbox_messages WHERE correlation_id = {otpId}
        ORDER BY message_type = 'otp-requested' DESC, message_type
        """).ToListAsync());
}
