using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>Section <c>Perfumerlabs</c>.</summary>
public sealed class PerfumerlabsOptions : CompatibleApiOptions, IValidatableObject
{
    public const string Section = "Perfumerlabs";

    /// <summary>Key at the root of the configuration, as in the vendor's image.</summary>
    public const string UsernameKey = "HTTP_AUTH_USERNAME";

    /// <summary>The key of the password, also at the root.</summary>
    public const string PasswordKey = "HTTP_AUTH_PASSWORD";

    /// <summary>UUID of the one application that the API belongs to; without one, each of its paths answers 404.</summary>
    public Guid? ApplicationId { get; set; }

    /// <summary>Accepts every client when HTTP_AUTH_USERNAME and HTTP_AUTH_PASSWORD are not set. Off by default.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Serves GET /password, which shows the last live password of a recipient; 404 otherwise. Off by default.</summary>
    public bool AllowPasswordReadback { get; set; }

    /// <summary>X-Telegram-Bot-Api-Secret-Token of Telegram's requests; without it the webhook answers 404.</summary>
    /// <remarks>1 to 256 of A-Z, a-z, 0-9, _ and -.</remarks>
    [RegularExpression(
        "[A-Za-z0-9_-]{0,256}", ErrorMessage = "The field TelegramSecretToken must have 1 to 256 of A-Z, a-z, 0-9, _ and -.")]
    public string? TelegramSecretToken { get; set; }

    /// <summary>HTTP_AUTH_USERNAME; null for none.</summary>
    internal string? Username { get; set; }

    /// <summary>HTTP_AUTH_PASSWORD; null for none.</summary>
    internal string? Password { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Enabled || ApplicationId is null)
        {
            yield break;
        }

        if (Username is null != Password is null)
        {
            yield return new(
                $"{(Username is null ? UsernameKey : PasswordKey)} is missing: {UsernameKey} and {PasswordKey} belong together.");
        }
        else if (Username?.Contains(':', StringComparison.Ordinal) == true)
        {
            yield return new($"{UsernameKey} must not hold a colon, which HTTP Basic could not carry.");
        }
        else if (Username is null && !AllowAnonymous)
        {
            yield return new(
                $"{UsernameKey} and {PasswordKey} are missing, so that anybody could call {Section}; set " +
                $"{Section}:{nameof(AllowAnonymous)} to true if that is meant.");
        }
    }
}
