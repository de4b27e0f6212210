using System.Security.Cryptography;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications.Identifiers;

/// <summary>A name by which clients of one compatible API identify an application, with its secret if any.</summary>
public sealed class ApplicationIdentifier
{
    public required Guid Id { get; init; }

    public required Guid ApplicationId { get; init; }

    public required IdentifierKind Kind { get; init; }

    /// <summary>The text as clients send it; if the text is a secret, its keyed hash in lower-case hexadecimal digits.</summary>
    public required string Identifier { get; init; }

    /// <summary>The text that operators see: the identifier, or the beginning of a secret one.</summary>
    public required string Display { get; init; }

    /// <summary>Keyed hash of the secret; null for kinds without one.</summary>
    public byte[]? SecretHash { get; set; }

    /// <summary>Keyed hash of the secret before the last change, which stays valid until it is dropped.</summary>
    public byte[]? PreviousSecretHash { get; set; }

    /// <summary>Further settings for the compatible API, all of them texts; see <see cref="IdentifierRules"/>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }

    /// <summary>The value of a setting, or its default.</summary>
    public string Setting(string name) => Settings.GetValueOrDefault(name) ?? IdentifierRules.For(Kind).Settings[name].Default ?? "";

    /// <summary>Whether this is its secret; takes the same time for every guess.</summary>
    public bool Matches(string secret, OtpSecrets secrets) => HashOf(secret, secrets) is not null;

    /// <summary>The stored hash of this secret; null when it matches none.</summary>
    internal byte[]? HashOf(string secret, OtpSecrets secrets)
    {
        byte[]? found = null;
        for (var key = 0; key < secrets.LookupKeys; key++)
        {
            var hash = secrets.HashIdentifierSecret(Id, secret, key);
            found = Matches(hash) ? hash : found;
        }

        return found;
    }

    /// <summary>Whether this hash matches one of its secrets.</summary>
    internal bool Matches(ReadOnlySpan<byte> hash)
    {
        var now = SecretHash is { } current && CryptographicOperations.FixedTimeEquals(hash, current);
        var before = PreviousSecretHash is { } previous && CryptographicOperations.FixedTimeEquals(hash, previous);
        return now | before;
    }
}
