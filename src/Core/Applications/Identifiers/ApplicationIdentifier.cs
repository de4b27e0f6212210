using System.Security.Cryptography;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications.Identifiers;

/// <summary>A name under which the clients of one compatible API know an application, with its secret where it has one.</summary>
public sealed class ApplicationIdentifier
{
    public required Guid Id { get; init; }

    public required Guid ApplicationId { get; init; }

    public required IdentifierKind Kind { get; init; }

    /// <summary>The text as clients send it; where that is a secret by itself, its keyed hash in lower-case hexadecimal digits.</summary>
    public required string Identifier { get; init; }

    /// <summary>What an operator sees: the identifier, or the beginning of one that is a secret.</summary>
    public required string Display { get; init; }

    /// <summary>Keyed hash of the secret; null where the kind has none.</summary>
    public byte[]? SecretHash { get; set; }

    /// <summary>Of the secret before the last change, which is valid too until it is dropped.</summary>
    public byte[]? PreviousSecretHash { get; set; }

    /// <summary>What the compatible API needs to know beside, all of it texts; see <see cref="IdentifierRules"/>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }

    /// <summary>A setting; its default where it is not set.</summary>
    public string Setting(string name) => Settings.GetValueOrDefault(name) ?? IdentifierRules.For(Kind).Settings[name].Default ?? "";

    /// <summary>Whether this is its secret; takes the same time for every guess.</summary>
    public bool Matches(string secret, OtpSecrets secrets) => HashOf(secret, secrets) is not null;

    /// <summary>The stored hash of this secret; null where it is none of its secrets.</summary>
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

    /// <summary>Whether a secret with this hash is its secret.</summary>
    internal bool Matches(ReadOnlySpan<byte> hash)
    {
        var now = SecretHash is { } current && CryptographicOperations.FixedTimeEquals(hash, current);
        var before = PreviousSecretHash is { } previous && CryptographicOperations.FixedTimeEquals(hash, previous);
        return now | before;
    }
}
