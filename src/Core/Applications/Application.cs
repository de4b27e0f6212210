namespace OtpPipeline.Core.Applications;

/// <summary>A tenant with its keys and OTP settings.</summary>
public sealed class Application
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>An inactive application's keys are refused.</summary>
    public bool Active { get; set; } = true;

    public required ApplicationSettings Settings { get; set; }

    /// <summary>The callback URL of the settings, encrypted as stored; see <see cref="CallbackUrlEncryption"/>.</summary>
    public byte[]? CallbackUrl { get; set; }

    /// <summary>Since when the application is permanently inactive.</summary>
    public DateTime? RevokedAt { get; set; }

    /// <summary>The database's clock, unless given.</summary>
    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }

    /// <summary>The client showed a test key: it sees test OTPs only, and everything goes to the sandbox. Not stored.</summary>
    public bool IsTest { get; private init; }

    /// <summary>The application as a client with a test key uses it.</summary>
    public Application ForTests() => new()
    {
        Id = Id,
        Name = Name,
        Active = Active,
        Settings = Settings,
        CallbackUrl = CallbackUrl,
        RevokedAt = RevokedAt,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        IsTest = true,
    };

    /// <summary>Whether this client may see the OTP.</summary>
    public bool Owns(Guid applicationId, bool isTest) => applicationId == Id && isTest == IsTest;
}
