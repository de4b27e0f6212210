using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications.Lookup;

/// <summary>
/// Access tokens that say nothing to whoever holds them: encrypted by the key ring, so every process with the same PIN keys accepts
/// them and a restart ends none.
/// </summary>
public sealed class AccessTokens(KeyRing ring, OtpSecrets secrets, ApplicationDirectory directory, TimeProvider time)
{
    private const int MaxLength = 2000;
    private static readonly byte[] Place = Encoding.UTF8.GetBytes("access-token");

    /// <summary>A token of the client, which showed this secret.</summary>
    public string Issue(ApplicationIdentifier client, string secret, IReadOnlyList<string> scopes, TimeSpan lifetime)
    {
        var hash = client.HashOf(secret, secrets) ?? throw new ArgumentException("Not a secret of the client.", nameof(secret));
        var content = new TokenContent(client.Id, hash, scopes, (time.GetUtcNow() + lifetime).ToUnixTimeSeconds());
        return Base64Url.EncodeToString(
            ring.EncryptWithId(JsonSerializer.SerializeToUtf8Bytes(content, TokenJson.Default.TokenContent), Place));
    }

    /// <summary>
    /// The caller whose token this is; null for one that is not ours, has expired, or whose client, secret or application is no longer
    /// active.
    /// </summary>
    public async ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (Decrypt(token) is not { } content
            || content.Expires <= time.GetUtcNow().ToUnixTimeSeconds()
            || await directory.FindTokenClientAsync(content.Client, content.SecretHash, cancellationToken) is not { Application: { Active: true } application } client)
        {
            return null;
        }

        // What the application may do can have become less since.
        return new(
            application, client.Identifier.Id, [.. content.Scopes.Intersect(application.Settings.TokenScopes(), StringComparer.Ordinal)]);
    }

    private TokenContent? Decrypt(string token)
    {
        if (token.Length > MaxLength || !Base64Url.IsValid(token))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(ring.DecryptWithId(Base64Url.DecodeFromChars(token), Place), TokenJson.Default.TokenContent);
        }
        catch (CryptographicException)
        {
            // Anybody can send anything as a token.
            return null;
        }
    }
}

/// <summary>What is encrypted in an access token.</summary>
/// <param name="Client">The row of the token client.</param>
/// <param name="SecretHash">As it is stored of the secret that it was asked for with: the token ends with it.</param>
/// <param name="Scopes">What the token may do.</param>
/// <param name="Expires">Unix time.</param>
internal sealed record TokenContent(Guid Client, byte[] SecretHash, IReadOnlyList<string> Scopes, long Expires);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenContent))]
internal sealed partial class TokenJson : JsonSerializerContext;
