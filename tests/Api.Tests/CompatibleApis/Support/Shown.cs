namespace OtpPipeline.Api.Tests.CompatibleApis.Support;

/// <summary>
/// What a caller shows: everything of one application, or a mixture. Perfumerlabs has one pair in every process, which belongs to the
/// application.
/// </summary>
public sealed record Shown(KnownApplication Application)
{
    public string Key { get; init; } = Application.Made.Key;

    public string BeemPair { get; init; } = Application.BeemPair;

    public string BeemApp { get; init; } = Application.BeemApp;

    public string Config { get; init; } = Application.Config;

    public string TwoFactorKey { get; init; } = Application.TwoFactorKey;

    public string GatewayUser { get; init; } = Application.GatewayUser;

    public string GatewayPassword { get; init; } = Application.GatewayPassword;

    public string PerfumerlabsPair { get; init; } = PerfumerlabsServer.Pair;

    public (string Name, string Value)[] Gateway =>
        [("userid", GatewayUser), ("password", GatewayPassword), ("method", "TWO_FACTOR_AUTH"), ("v", "1.1")];
}
