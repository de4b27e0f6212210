using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis;

/// <summary>Gupshup and Perfumerlabs find OTPs by recipient and by code: only their own ones, of their own application.</summary>
public sealed class An_OTP_that_is_found_without_its_id : IClassFixture<PerfumerlabsServer>
{
    private readonly ApiHost _host;
    private readonly CompatibleApiClient _client;

    public An_OTP_that_is_found_without_its_id(ApiHost host, PerfumerlabsServer perfumerlabs)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.CompatibleApis(perfumerlabs);
    }

    /// <summary>The pairs of which the second one does not find what the first one made.</summary>
    public static TheoryData<string, string> Pairs =>
        new(CompatibleApi.Pairs.Select(p => p.Data).Where(p => !CompatibleApi.From(p.Item2).Finds(CompatibleApi.From(p.Item1))));

    public static TheoryData<string> Names => [.. CompatibleApi.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Is_found_only_where_it_was_asked_for(string made, string used)
    {
        var owner = await KnownApplication.MakeAsync(_host);
        var compatibleApi = CompatibleApi.From(used);
        var otp = await CompatibleApi.From(made).MakeAsync(_client, _host, owner);

        compatibleApi.Verified(await compatibleApi.Verify(_client, new(owner), otp, otp.Pin)).ShouldBeFalse();
        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0));

        // Also beside one of its own for the same number, which the wrong code counts against.
        var own = await compatibleApi.MakeAsync(_client, _host, owner, otp.Phone);
        if (own.Pin != otp.Pin)
        {
            compatibleApi.Verified(await compatibleApi.Verify(_client, new(owner), otp, otp.Pin)).ShouldBeFalse();
            (await _host.StateOfAsync(own.Id)).ShouldBe((OtpStatus.Pending, 1));
        }

        compatibleApi.Verified(await compatibleApi.Verify(_client, new(owner), own, own.Pin)).ShouldBeTrue();
        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0));
    }

    /// <summary>Perfumerlabs has two calls that name no recipient, or no password.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Its_password_names_nobody_to_another_application(string made)
    {
        var (owner, stranger) = (await KnownApplication.MakeAsync(_host), await KnownApplication.MakeAsync(_host));
        var otp = await CompatibleApi.From(made).MakeAsync(_client, _host, owner);
        var phone = otp.Phone[1..];

        (await AskAsync(stranger, "/target", new { password = otp.Pin, channel = "sms" })).ShouldBe("""{"status":false}""");
        (await AskAsync(stranger, "/password", new { target = phone })).ShouldBe("""{"status":false}""");
        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0));

        var isIts = made is "Perfumerlabs";
        (await AskAsync(owner, "/password", new { target = phone }))
            .ShouldBe(isIts ? $$$"""{"status":true,"content":{"password":"{{{otp.Pin}}}"}}""" : """{"status":false}""");
        (await AskAsync(owner, "/target", new { password = otp.Pin, channel = "sms" }))
            .ShouldBe(isIts ? $$$"""{"status":true,"content":{"target":"{{{phone}}}"}}""" : """{"status":false}""");
        (await _host.StateOfAsync(otp.Id)).ShouldBe((isIts ? OtpStatus.Verified : OtpStatus.Pending, 0));

        async Task<string> AskAsync(KnownApplication application, string path, object body) =>
            (await _client.PerfumerlabsAsync(application.Id, PerfumerlabsServer.Pair, HttpMethod.Get, path, body)).Text;
    }

    /// <summary>As operators have them: nothing of the one process is handed to the other.</summary>
    [Fact]
    public async Task Is_not_there_for_the_process_of_another_application()
    {
        var (one, other) = (await KnownApplication.MakeAsync(_host), await KnownApplication.MakeAsync(_host));
        await using var its = new KestrelHost(_host, PerfumerlabsServer.SettingsOf(one.Id));
        await using var theirs = new KestrelHost(_host, PerfumerlabsServer.SettingsOf(other.Id));
        using var itsHttp = new HttpClient { BaseAddress = its.Address };
        using var theirHttp = new HttpClient { BaseAddress = theirs.Address };
        var compatibleApi = CompatibleApi.From("Perfumerlabs");
        var otp = await compatibleApi.MakeAsync(new(itsHttp), _host, one);

        compatibleApi.Verified(await compatibleApi.Verify(new(theirHttp), new(other), otp, otp.Pin)).ShouldBeFalse();
        var own = await compatibleApi.MakeAsync(new(theirHttp), _host, other, otp.Phone);
        if (own.Pin != otp.Pin)
        {
            compatibleApi.Verified(await compatibleApi.Verify(new(theirHttp), new(other), otp, otp.Pin)).ShouldBeFalse();
        }

        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0));
        compatibleApi.Verified(await compatibleApi.Verify(new(itsHttp), new(one), otp, otp.Pin)).ShouldBeTrue();
        compatibleApi.Verified(await compatibleApi.Verify(new(theirHttp), new(other), own, own.Pin)).ShouldBeTrue();
    }
}
