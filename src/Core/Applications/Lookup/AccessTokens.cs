using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications.Lookup;

/// <summary>Opaque access tokens, encrypted with the key ring.</summary>
/// <remarks>Every process with the same PIN keys accepts them, and they survive a restart.</remarks>
public sealed class AccessTokens(KeyRing ring, OtpSecrets secrets, ApplicationDirectory directory, TimeProvider time)
{
    private const int MaxLength = 2000;
    private static readonly byte[] Place = Encoding.UTF8.GetBytes("access-token");

    /// <summary>Issues a token to the client that showed this secret.</summary>
    public string Issue(ApplicationIdentifier client, string secret, IReadOnlyList<string> scopes, TimeSpan lifetime)
    {
        var hash = client.HashOf(secret, secrets) ?? throw new ArgumentException("Not a secret of the client.", nameof(secret));
        var content = new TokenContent(client.Id, hash, scopes, (time.GetUtcNow() + lifetime).ToUnixTimeSeconds());
        return Base64Url.EncodeToString(
            ring.EncryptWithId(JsonSerializer.SerializeToUtf8Bytes(content, TokenJson.Default.TokenContent), Place));
    }

    /// <summary>The caller with this token; null when it is foreign or expired, or its client, secret or application is inactive.</summary>
    public async ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (Decrypt(token) is not { } content
            || content.Expires <= time.GetUtcNow().ToUnixTimeSeconds()
            || await directory.FindTokenClientAsync(content.Client, content.SecretHash, cancellationToken) is not { Application: { Active: true } application } client)
        {
            return null;
        }

        // The application's scopes may have been reduced since.
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
            // Clients can send any text as a token.
            return null;
        }
    }
}

/// <summary>The encrypted content of an access token.</summary>
/// <param name="Client">Id of the token client's row.</param>
/// <param name="SecretHash">Stored hash of the secret that requested the token: the token ends with the secret.</param>
/// <param name="Scopes">The token's scopes.</param>
/// <param name="Expires">Unix time in seconds.</param>
internal sealed record TokenContent(Guid Client, byte[] SecretHash, IReadOnlyList<string> Scopes, long Expires);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenContent))]
internal sealed partial class TokenJson : JsonSerializerContext;
