using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis;

/// <summary>The right PIN with what typing and pasting add verifies at the first attempt, in every compatible API.</summary>
public sealed class A_PIN_as_a_person_types_it : IClassFixture<PerfumerlabsServer>
{
    private readonly ApiHost _host;
    private readonly CompatibleApiClient _client;

    public A_PIN_as_a_person_types_it(ApiHost host, PerfumerlabsServer perfumerlabs)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.CompatibleApis(perfumerlabs);
    }

    public static TheoryData<string, string> Typings => new(
        from compatibleApi in CompatibleApi.All
        from typing in new[] { "spaced", "dashed", "pasted", "full width" }
        select (compatibleApi.Name, typing));

    [Theory]
    [MemberData(nameof(Typings))]
    public async Task Is_right(string name, string typing)
    {
        var owner = await KnownApplication.MakeAsync(_host);
        var compatibleApi = CompatibleApi.From(name);
        var otp = await compatibleApi.MakeAsync(_client, _host, owner);

        compatibleApi.Verified(await compatibleApi.Verify(_client, new(owner), otp, Typed(otp.Pin, typing))).ShouldBeTrue();

        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Verified, 0));
    }

    private static string Typed(string pin, string typing) => typing switch
    {
        "spaced" => $"{pin[..3]} {pin[3..]}",
        "dashed" => $"{pin[..3]}\u2013{pin[3..]}",
        "pasted" => $"\u200E{pin}\u200B\uFEFF",
        _ => string.Concat(pin.Select(c => (char)(c - '0' + '\uFF10'))),
    };
}
