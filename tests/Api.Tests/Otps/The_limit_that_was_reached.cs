using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

/// <summary>Each has a code, and all have the one type that clients of the replaced service look for.</summary>
public sealed class The_limit_that_was_reached
{
    private readonly ApiHost _host;

    public The_limit_that_was_reached(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Is_the_pause_between_two_sends() =>
        (await LastAsync(new { retryPeriod = 60 }, requests: 2)).ShouldBeRefused(
            429, "rate_limit", 2121, "The last OTP for this recipient was requested a moment ago");

    [Fact]
    public async Task Is_that_of_an_hour() =>
        (await LastAsync(new { sendsPerHour = 2 }, requests: 3)).ShouldBeRefused(
            429, "rate_limit", 2122, "Too many OTPs were requested for this recipient in one hour");

    [Fact]
    public async Task Is_that_of_a_day() =>
        (await LastAsync(new { sendsPerHour = 2, sendsPerDay = 2 }, requests: 3)).ShouldBeRefused(
            429, "rate_limit", 2123, "Too many OTPs were requested for this recipient in one day");

    [Fact]
    public async Task Is_that_of_the_key() =>
        (await LastAsync(new { requestsPerMinute = 2 }, requests: 3)).ShouldBeRefused(
            429, "rate_limit", 2120, "Too many requests in this minute");

    [Fact]
    public async Task Is_that_of_wrong_PINs_for_a_guess_and_for_a_request()
    {
        var client = await ClientAsync(new { failedGuesses = 1 });
        var phoneNumber = Recipients.Next();
        var id = (await client.RequestAsync(new { phoneNumber })).Json.GetProperty("otpId").GetGuid();
        await client.VerifyAsync(id, await _host.WrongPinOfAsync(id));

        foreach (var refused in new[] { await client.VerifyAsync(id, "1"), await client.RequestAsync(new { phoneNumber }) })
        {
            refused.ShouldBeRefused(429, "rate_limit", 2124, "Too many wrong PINs were submitted for this recipient");
            refused["Retry-After"].ShouldNotBeNullOrEmpty();
        }
    }

    private async Task<Answer> LastAsync(object limits, int requests)
    {
        var client = await ClientAsync(limits);
        var phoneNumber = Recipients.Next();
        for (var i = 1; i < requests; i++)
        {
            (await client.RequestAsync(new { phoneNumber })).Status.ShouldBe(HttpStatusCode.Created);
        }

        return await client.RequestAsync(new { phoneNumber });
    }

    private async Task<ApiClient> ClientAsync(object limits) =>
        new(_host.Factory.CreateClient(), (await _host.Admin().WithApplicationAsync(new { limits })).Key);
}
