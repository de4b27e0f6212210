namespace OtpPipeline.Core.Applications;

/// <summary>A tenant with its keys and OTP settings.</summary>
public sealed class Application
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>An inactive application's keys are refused.</summary>
    public bool Active { get; set; } = true;

    public required ApplicationSettings Settings { get; set; }

    /// <summary>The settings' callback URL, encrypted, as it is stored; see <see cref="CallbackUrlEncryption"/>.</summary>
    public byte[]? CallbackUrl { get; set; }

    /// <summary>Since then it is inactive for good.</summary>
    public DateTime? RevokedAt { get; set; }

    /// <summary>By the database's clock, unless given.</summary>
    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }
}

/// <summary>A key of an application; only its hash is stored.</summary>
public sealed class ApiKey
{
    public required Guid Id { get; init; }

    public required Guid ApplicationId { get; init; }

    /// <summary>The first characters, by which people recognise a key.</summary>
    public required string Prefix { get; init; }

    /// <summary>Keyed hash of the key.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>What the key may do, such as otp.</summary>
    public required string[] Scopes { get; set; }

    public DateTime CreatedAt { get; init; }

    /// <summary>Told coarsely, to about a minute.</summary>
    public DateTime? LastUsedAt { get; set; }

    public DateTime? ExpiresAt { get; set; }

    public DateTime? RevokedAt { get; set; }
}

/// <summary>What an application spent on one day (UTC); a row exists only where a spending limit is set.</summary>
public sealed class ApplicationSpending
{
    public required Guid ApplicationId { get; init; }

    public required DateOnly Day { get; init; }

    public decimal Spent { get; set; }
}

/// <summary>What limits need to know of one recipient of one application.</summary>
public sealed class RecipientHistory
{
    public required Guid ApplicationId { get; init; }

    public required byte[] RecipientHash { get; init; }

    /// <summary>Unix milliseconds of the accepted requests of the last day, oldest first.</summary>
    public long[] Sends { get; set; } = [];

    /// <summary>Wrong guesses in a row, over all OTPs of the recipient.</summary>
    public int FailedGuesses { get; set; }

    /// <summary>Until then nothing is sent to the recipient and no guess is evaluated.</summary>
    public DateTime? CoolOffUntil { get; set; }

    public DateTime UpdatedAt { get; set; }
}
