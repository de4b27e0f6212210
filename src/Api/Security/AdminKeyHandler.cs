using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.Security;

/// <summary>Section <c>Admin</c>.</summary>
public sealed class AdminOptions
{
    public const string Section = "Admin";

    /// <summary>The operator's key for everything under /admin, 20 to 500 characters. Without one, /admin answers 404.</summary>
    [StringLength(500, MinimumLength = 20, ErrorMessage = "Admin:Key must have 20 to 500 characters.")]
    public string? Key { get; set; }
}

/// <summary>Authenticates the operator's key, as X-API-KEY or bearer token. It is valid only for /admin.</summary>
internal sealed class AdminKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IOptions<AdminOptions> admin)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "AdminKey";

    private const string Bearer = "Bearer ";

    // Hashes have equal length, so the comparison takes the same time for any guess.
    private readonly byte[]? _key = string.IsNullOrEmpty(admin.Value.Key) ? null : HashOf(admin.Value.Key);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (_key is null || Given() is not { Length: > 0 } given)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (!CryptographicOperations.FixedTimeEquals(HashOf(given), _key))
        {
            return Task.FromResult(AuthenticateResult.Fail("Not the admin key"));
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Role, SchemeName)], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_key is null)
        {
            return ErrorResponse.WriteAsync(Context, ApiErrors.PathNotFound);
        }

        Response.Headers.WWWAuthenticate = $"Bearer realm=\"OtpPipeline admin\", {SchemeName} header=\"{ApiKeyHandler.Header}\"";
        return ErrorResponse.WriteAsync(Context, ApiErrors.AdminKeyInvalid);
    }

    private string? Given()
    {
        if (Request.Headers[ApiKeyHandler.Header] is { Count: 1 } key)
        {
            return key.ToString().Trim();
        }

        return Request.Headers.Authorization is { Count: 1 } header && header.ToString() is var text
            && text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? text[Bearer.Length..].Trim()
            : null;
    }

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
