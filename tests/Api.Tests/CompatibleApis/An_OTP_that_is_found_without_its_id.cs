using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis;

/// <summary>Gupshup and Perfumerlabs find OTPs by recipient and by code: only their own ones, of their own application.</summary>
public sealed class An_OTP_that_is_found_without_its_id : IClassFixture<PerfumerlabsDoor>
{
    private readonly ApiHost _host;
    private readonly DialectClient _client;

    public An_OTP_that_is_found_without_its_id(ApiHost host, PerfumerlabsDoor perfumerlabs)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Dialects(perfumerlabs);
    }

    /// <summary>The pairs of which the second one does not find what the first one made.</summary>
    public static TheoryData<string, string> Pairs => new(Dialect.Pairs.Select(p => p.Data).Where(p => !Dialect.Of(p.Item2).Finds(Dialect.Of(p.Item1))));

    public static TheoryData<string> Names => [.. Dialect.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Is_found_only_where_it_was_asked_for(string made, string used)
    {
        var owner = await KnownApplication.MakeAsync(_host);
        var dialect = Dialect.Of(used);
        var otp = await Dialect.Of(made).MakeAsync(_client, _host, owner);

        dialect.Verified(await dialect.Verify(_client, new(owner), otp, otp.Pin)).ShouldBeFalse();
        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0));

        // Also beside one of its own for the same number, which the wrong code counts against.
        var own = await dialect.MakeAsync(_client, _host, owner, otp.Phone);
        if (own.Pin != otp.Pin)
        {
            dialect.Verified(await dialect.Verify(_client, new(owner), otp, otp.Pin)).ShouldBeFalse();
            (await _host.StateOfAsync(own.Id)).ShouldBe((OtpStatus.Pending, 1));
        }

        dialect.Verified(await dialect.Verify(_client, new(owner), own, own.Pin)).ShouldBeTrue();
        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0));
    }

    /// <summary>Perfumerlabs has two calls that name no recipient, or no password.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Its_password_names_nobody_to_another_application(string made)
    {
        var (owner, stranger) = (await KnownApplication.MakeAsync(_host), await KnownApplication.MakeAsync(_host));
        var otp = await Dialect.Of(made).MakeAsync(_client, _host, owner);
        var phone = otp.Phone[1..];

        (await AskAsync(stranger, "/target", new { password = otp.Pin, channel = "sms" })).ShouldBe("""{"status":false}""");
        (await AskAsync(stranger, "/password", new { target = phone })).ShouldBe("""{"status":false}""");
        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0));

        var isIts = made is "Perfumerlabs";
        (await AskAsync(owner, "/password", new { target = phone })).ShouldBe(isIts ? $$$"""{"status":true,"content":{"password":"{{{otp.Pin}}}"}}""" : """{"status":false}""");
        (await AskAsync(owner, "/target", new { password = otp.Pin, channel = "sms" })).ShouldBe(isIts ? $$$"""{"status":true,"content":{"target":"{{{phone}}}"}}""" : """{"status":false}""");
        (await _host.StateOfAsync(otp.Id)).ShouldBe((isIts ? OtpStatus.Verified : OtpStatus.Pending, 0));

        async Task<string> AskAsync(KnownApplication application, string path, object body) =>
            (await _client.PerfumerlabsAsync(application.Id, PerfumerlabsDoor.Pair, HttpMethod.Get, path, body)).Text;
    }

    /// <summary>As operators have them: nothing of the one process is handed to the other.</summary>
    [Fact]
    public async Task Is_not_there_for_the_process_of_another_application()
    {
        var (one, other) = (await KnownApplication.MakeAsync(_host), await KnownApplication.MakeAsync(_host));
        await using var its = new KestrelHost(_host, PerfumerlabsDoor.SettingsOf(one.Id));
        await using var theirs = new KestrelHost(_host, PerfumerlabsDoor.SettingsOf(other.Id));
        using var itsHttp = new HttpClient { BaseAddress = its.Address };
        using var theirHttp = new HttpClient { BaseAddress = theirs.Address };
        var dialect = Dialect.Of("Perfumerlabs");
        var otp = await dialect.MakeAsync(new(itsHttp), _host, one);

        dialect.Verified(await dialect.Verify(new(theirHttp), new(other), otp, otp.Pin)).ShouldBeFalse();
        var own = await dialect.MakeAsync(new(theirHttp), _host, other, otp.Phone);
        if (own.Pin != otp.Pin)
        {
            dialect.Verified(await dialect.Verify(new(theirHttp), new(other), otp, otp.Pin)).ShouldBeFalse();
        }

        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0));
        dialect.Verified(await dialect.Verify(new(itsHttp), new(one), otp, otp.Pin)).ShouldBeTrue();
        dialect.Verified(await dialect.Verify(new(theirHttp), new(other), own, own.Pin)).ShouldBeTrue();
    }
}
