using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis;

/// <summary>No id, key, code or phone number of one is of any use with the other, in any compatible API.</summary>
public sealed class Two_applications_with_all_compatible_apis : IClassFixture<PerfumerlabsServer>, IClassFixture<TwoApplications>
{
    private readonly ApiHost _host;
    private readonly TwoApplications _two;
    private readonly CompatibleApiClient _client;

    public Two_applications_with_all_compatible_apis(ApiHost host, PerfumerlabsServer perfumerlabs, TwoApplications two)
    {
        Servers.SkipWithout();
        _host = host;
        _two = two;
        _client = host.CompatibleApis(perfumerlabs);
    }

    public static TheoryData<string, string> Pairs => CompatibleApi.Pairs;

    /// <summary>The pairs of which the second one finds what the first one made.</summary>
    public static TheoryData<string, string> Finding =>
        new(Pairs.Select(p => p.Data).Where(p => CompatibleApi.From(p.Item2).Finds(CompatibleApi.From(p.Item1))));

    public static TheoryData<string> Names => [.. CompatibleApi.All.Select(d => d.Name)];

    /// <summary>What a request shows when a part of it is another application's.</summary>
    private static readonly Dictionary<string, Func<KnownApplication, KnownApplication, Shown>> Mixtures = new(StringComparer.Ordinal)
    {
        ["the other's config"] = (a, b) => new Shown(b) { Config = a.Config },
        ["the other's key"] = (a, b) => new Shown(b) { Key = a.Made.Key },
        ["the other's appId"] = (a, b) => new Shown(b) { BeemApp = a.BeemApp },
        ["the other's pair"] = (a, b) => new Shown(b) { BeemPair = a.BeemPair },
        ["the other's pair with its own secret"] = (a, b) => new Shown(b) { BeemPair = $"{a.BeemKey}:{b.BeemSecret}" },
        ["its own pair with the other's secret"] = (a, b) => new Shown(b) { BeemPair = $"{b.BeemKey}:{a.BeemSecret}" },
        ["the other's two-factor key"] = (a, b) => new Shown(b) { TwoFactorKey = a.TwoFactorKey },
        ["the other's user of the gateway"] = (a, b) => new Shown(b) { GatewayUser = a.GatewayUser },
        ["the other's password of the gateway"] = (a, b) => new Shown(b) { GatewayPassword = a.GatewayPassword },
        ["a key of another compatible API as a secret"] = (a, b) => new Shown(b)
        {
            BeemPair = $"{b.BeemKey}:{b.Made.Key}", Key = b.BeemSecret, TwoFactorKey = b.Made.Key, GatewayPassword = b.TwoFactorKey,
            PerfumerlabsPair = b.BeemPair,
        },
        ["the application's secret as a key"] = (a, b) => new Shown(b)
        {
            Key = a.Made.Secret, BeemPair = $"{a.BeemKey}:{a.Made.Secret}", TwoFactorKey = a.Made.Secret, GatewayPassword = b.Made.Secret,
            PerfumerlabsPair = $"backend:{b.Made.Secret}",
        },
        ["two-factor and API keys exchanged"] = (a, b) =>
            new Shown(
                b) { Key = b.TwoFactorKey, TwoFactorKey = b.Made.Key, GatewayUser = b.BeemKey, GatewayPassword = b.BeemSecret, PerfumerlabsPair = $"{b.GatewayUser}:{b.GatewayPassword}" },
    };

    /// <summary>Which compatible APIs each mixture is a stranger in.</summary>
    public static TheoryData<string, string> Strangers => new()
    {
        { "the other's config", "BizMagnets" },
        { "the other's key", "BizMagnets" },
        { "the other's appId", "Beem" },
        { "the other's pair", "Beem" },
        { "the other's pair with its own secret", "Beem" },
        { "its own pair with the other's secret", "Beem" },
        { "a key of another compatible API as a secret", "Beem" },
        { "a key of another compatible API as a secret", "native" },
        { "a key of another compatible API as a secret", "BizMagnets" },
        { "the application's secret as a key", "Beem" },
        { "the application's secret as a key", "native" },
        { "the application's secret as a key", "BizMagnets" },
        { "the other's key", "Gupshup A" },
        { "the other's two-factor key", "Gupshup A" },
        { "the other's user of the gateway", "Gupshup C" },
        { "the other's password of the gateway", "Gupshup C" },
        { "a key of another compatible API as a secret", "Gupshup A" },
        { "a key of another compatible API as a secret", "Gupshup B" },
        { "a key of another compatible API as a secret", "Gupshup C" },
        { "a key of another compatible API as a secret", "Perfumerlabs" },
        { "the application's secret as a key", "Gupshup A" },
        { "the application's secret as a key", "Gupshup B" },
        { "the application's secret as a key", "Gupshup C" },
        { "the application's secret as a key", "Perfumerlabs" },
        { "two-factor and API keys exchanged", "native" },
        { "two-factor and API keys exchanged", "BizMagnets" },
        { "two-factor and API keys exchanged", "Gupshup A" },
        { "two-factor and API keys exchanged", "Gupshup B" },
        { "two-factor and API keys exchanged", "Gupshup C" },
        { "two-factor and API keys exchanged", "Perfumerlabs" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task An_OTP_of_one_is_not_there_for_the_other(string made, string used)
    {
        var (owner, stranger) = await _two.PairAsync();
        var otp = await CompatibleApi.From(made).MakeAsync(_client, _host, owner);
        var compatibleApi = CompatibleApi.From(used);

        // The stranger has an OTP of its own for the same number: not even that makes a difference.
        var own = await compatibleApi.MakeAsync(_client, _host, stranger, otp.Phone);
        if (own.Pin != otp.Pin)
        {
            compatibleApi.Verified(await compatibleApi.Verify(_client, new(stranger), otp, otp.Pin)).ShouldBeFalse();
        }

        compatibleApi.Verified(await compatibleApi.Verify(_client, new(stranger), otp, "none")).ShouldBeFalse();
        foreach (var other in compatibleApi.Others)
        {
            (await other(_client, new(stranger), otp)).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
        }

        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0));
        var finding = compatibleApi.Finds(CompatibleApi.From(made)) ? compatibleApi : CompatibleApi.From(made);
        finding.Verified(await finding.Verify(_client, new(owner), otp, otp.Pin)).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Finding))]
    public async Task An_OTP_is_the_same_for_its_own_application_in_every_api(string made, string used)
    {
        var (owner, _) = await _two.PairAsync();
        var compatibleApi = CompatibleApi.From(used);
        var otp = await CompatibleApi.From(made).MakeAsync(_client, _host, owner);

        compatibleApi.Verified(await compatibleApi.Verify(_client, new(owner), otp, await _host.WrongPinOfAsync(otp.Id))).ShouldBeFalse();
        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 1));
        compatibleApi.Verified(await compatibleApi.Verify(_client, new(owner), otp, otp.Pin)).ShouldBeTrue();
        CompatibleApi.From(made).Verified(await CompatibleApi.From(made).Verify(_client, new(owner), otp, otp.Pin)).ShouldBeFalse();

        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Verified, 1));
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task What_belongs_to_two_of_them_opens_nothing(string mixture, string name)
    {
        var (owner, other) = await _two.PairAsync();
        var compatibleApi = CompatibleApi.From(name);
        var shown = Mixtures[mixture](owner, other);
        var (owners, others) = (await owner.OtpsAsync(_host), await other.OtpsAsync(_host));
        var otp = await compatibleApi.MakeAsync(_client, _host, other);

        var requested = await compatibleApi.Request(_client, shown, Recipients.Next());

        requested.Text.ShouldNotContain("success");
        requested.Text.ShouldNotContain("otpId");
        requested.Text.ShouldNotContain("true");
        (await owner.OtpsAsync(_host)).ShouldBe(owners);
        (await other.OtpsAsync(_host)).ShouldBe([.. others, otp.Id]);
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task What_belongs_to_two_of_them_verifies_only_what_its_key_may(string mixture, string name)
    {
        var (owner, other) = await _two.PairAsync();
        var compatibleApi = CompatibleApi.From(name);
        var shown = Mixtures[mixture](owner, other);
        var isOwners = shown.Key == owner.Made.Key || shown.BeemPair == owner.BeemPair || shown.TwoFactorKey == owner.TwoFactorKey;
        var otp = await compatibleApi.MakeAsync(_client, _host, isOwners ? other : owner);

        compatibleApi.Verified(await compatibleApi.Verify(_client, shown, otp, otp.Pin)).ShouldBeFalse();

        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_phone_number_has_limits_with_each_of_them(string first, string second)
    {
        var (one, other) = await _two.LimitedAsync();
        var before = await one.OtpsAsync(_host);
        var otp = await CompatibleApi.From(first).MakeAsync(_client, _host, one);
        CompatibleApi.From(first).Verified(
            await CompatibleApi.From(first).Verify(_client, new(one), otp, await _host.WrongPinOfAsync(otp.Id))).ShouldBeFalse();

        // Sent, guessed and cooling off with the one: nothing of that is known to the other.
        var its = await CompatibleApi.From(second).MakeAsync(_client, _host, other, otp.Phone);
        CompatibleApi.From(second).Verified(await CompatibleApi.From(second).Verify(_client, new(other), its, its.Pin)).ShouldBeTrue();

        // Within one application it is one number in all compatible APIs.
        var refused = await CompatibleApi.From(second).Request(_client, new(one), otp.Phone);
        CompatibleApi.From(second).Limited(refused).ShouldBeTrue(refused.Text);
        (await one.OtpsAsync(_host)).ShouldBe([.. before, otp.Id]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_revoked_application_is_a_stranger_in_every_api(string name)
    {
        var application = await KnownApplication.MakeAsync(_host);
        var compatibleApi = CompatibleApi.From(name);
        var otp = await compatibleApi.MakeAsync(_client, _host, application);
        await _host.Admin().DeleteAsync($"/{application.Made.Id}");
        await _host.RefreshAsync();

        compatibleApi.Verified(await compatibleApi.Verify(_client, new(application), otp, otp.Pin)).ShouldBeFalse();
        await compatibleApi.Request(_client, new(application), Recipients.Next());

        (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0));
        (await application.OtpsAsync(_host)).ShouldBe([otp.Id]);
    }

    [Fact]
    public async Task An_access_token_of_one_reads_nothing_of_the_other()
    {
        var (owner, stranger) = await _two.PairAsync();
        var otp = await CompatibleApi.From("Beem").MakeAsync(_client, _host, owner);
        var tokens = new TokenClient(_host);
        var theirs = tokens.Bearer(
            await tokens.TokenAsync("grant_type=client_credentials", BasicHeader.From($"{stranger.Made.Id}:{stranger.Made.Secret}")));

        (await theirs.ReadAsync(otp.Id)).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
        (await theirs.GetAsync($"/applications/{owner.Made.Id}")).ShouldBeRefused(404, "not_found", 1500, "Application ID not found");
        foreach (var pair in new[] { $"{owner.Made.Id}:{stranger.Made.Secret}", owner.BeemPair, $"{owner.Made.Id}:{owner.Made.Key}", $"{owner.BeemKey}:{owner.Made.Secret}" })
        {
            (await tokens.AskAsync("grant_type=client_credentials", BasicHeader.From(pair)))
                .ShouldBeRefused(401, "invalid_client", 1600, "Invalid client");
        }
    }
}
