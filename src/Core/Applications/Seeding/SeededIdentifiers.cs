using OtpPipeline.Core.Applications.Identifiers;

namespace OtpPipeline.Core.Applications.Seeding;

/// <summary>Lists all identifiers that the configuration gives an application.</summary>
internal static class SeededIdentifiers
{
    private static readonly Dictionary<string, string> None = new(StringComparer.Ordinal);

    public static IEnumerable<NamedIdentifier> From(SeededApplication seed)
    {
        if (seed.Secret is { } secret)
        {
            yield return new(IdentifierKind.TokenClient, seed.Id.ToString("D"), secret, None);
        }

        var beem = seed.CompatibleApis.Beem;
        if (beem.AppId is { } appId)
        {
            yield return new(
                IdentifierKind.BeemApp, appId, null,
                new Dictionary<string, string>(
                    StringComparer.Ordinal) { ["forbiddenOnRefusal"] = beem.ForbiddenOnRefusal ? "true" : "false" });
        }

        if (beem.Key is { } key)
        {
            yield return new(IdentifierKind.BeemKey, key, beem.Secret ?? "", None);
        }

        var text = seed.CompatibleApis.BizMagnets.Text;
        foreach (var config in seed.CompatibleApis.BizMagnets.Configs)
        {
            yield return new(
                IdentifierKind.BizmagnetsConfig, config, null,
                text is null ? None : new Dictionary<string, string>(StringComparer.Ordinal) { ["text"] = text });
        }

        var gupshup = seed.CompatibleApis.Gupshup;
        foreach (var twoFactor in gupshup.Keys)
        {
            yield return new(IdentifierKind.GupshupKey, twoFactor.Key, null, Spelled(twoFactor.Settings));
        }

        if (gupshup.AccountId is { } account)
        {
            yield return new(IdentifierKind.GupshupAccount, account, gupshup.Token ?? "", None);
        }

        if (gupshup.UserId is { } user)
        {
            yield return new(IdentifierKind.GupshupUser, user, gupshup.Password ?? "", None);
        }
    }

    /// <summary>Restores the case of the names: environment variables do not keep it reliably.</summary>
    private static Dictionary<string, string> Spelled(IDictionary<string, string> settings)
    {
        var known = IdentifierRules.For(IdentifierKind.GupshupKey).Settings.Keys;
        return settings.ToDictionary(
            s => known.FirstOrDefault(
                k => k.Equals(s.Key, StringComparison.OrdinalIgnoreCase)) ?? s.Key, s => s.Value, StringComparer.Ordinal);
    }
}
