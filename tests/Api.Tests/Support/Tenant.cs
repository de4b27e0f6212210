using OtpPipeline.Core.Applications;

namespace OtpPipeline.Api.Tests.Support;

/// <summary>An application of the tests with a key in clear.</summary>
public sealed record Tenant(Guid Id, string Key)
{
    public static Tenant New() => new(Guid.CreateVersion7(), $"key-{Guid.CreateVersion7():N}");

    public Application Application(ApplicationSettings settings, bool active = true) => new()
    {
        Id = Id,
        Name = "test",
        Active = active,
        Settings = settings,
        CreatedAt = DateTime.UtcNow,
        UpdatedAt = DateTime.UtcNow,
    };

    public ApiKey KeyRow(string[]? scopes = null, DateTime? expiresAt = null, DateTime? revokedAt = null) => new()
    {
        Id = Guid.CreateVersion7(),
        ApplicationId = Id,
        Prefix = Key[..8],
        Hash = ApiHost.Secrets.HashApiKey(Key),
        Scopes = scopes ?? ["otp"],
        CreatedAt = DateTime.UtcNow,
        ExpiresAt = expiresAt,
        RevokedAt = revokedAt,
    };
}
