using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications.Identifiers;

/// <summary>Keyed hashes of identifiers and of their secrets.</summary>
public static class IdentifierHashes
{
    /// <summary>Finds an identifier that is itself a secret.</summary>
    public static byte[] HashIdentifier(this OtpSecrets secrets, IdentifierKind kind, string identifier, int lookupKey = 0) =>
        secrets.Hash("identifier", $"{kind}:{identifier}", lookupKey);

    /// <summary>Hashes the secret of one identifier: equal secrets of two identifiers have different hashes.</summary>
    public static byte[] HashIdentifierSecret(this OtpSecrets secrets, Guid identifierId, string secret, int lookupKey = 0) =>
        secrets.Hash("identifier-secret", $"{identifierId:N}:{secret}", lookupKey);
}
