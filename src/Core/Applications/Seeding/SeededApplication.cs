using System.ComponentModel.DataAnnotations;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Callbacks;

namespace OtpPipeline.Core.Applications.Seeding;

/// <summary>Section <c>Applications</c>: applications for the first start. Existing ones are not changed.</summary>
public sealed class SeededApplication
{
    public const string Section = "Applications";

    /// <summary>UUID of the application.</summary>
    public Guid Id { get; set; }

    [Required, StringLength(SettingRules.MaxName, MinimumLength = 1)]
    public string Name { get; set; } = "";

    public ApplicationSettings Settings { get; set; } = new();

    /// <summary>Keys in clear; only their hashes are stored.</summary>
    public IList<SeededKey> Keys { get; init; } = [];

    /// <summary>
    /// Secrets that sign the application's callbacks, newest first, at most two: "whsec_" and base64 of 24 to 64 random bytes.
    /// </summary>
    /// <remarks>If any is given, secrets of an earlier configuration that are no longer listed end.</remarks>
    public IList<string> WebhookSecrets { get; init; } = [];

    /// <summary>The secret for requesting access tokens, in clear, at least 20 characters; only its hash is stored.</summary>
    [StringLength(IdentifierRules.MaxSecret, MinimumLength = 20)]
    public string? Secret { get; set; }

    /// <summary>The names by which clients of other compatible APIs identify the application.</summary>
    public SeededCompatibleApis CompatibleApis { get; set; } = new();
}

/// <summary>A key of a <see cref="SeededApplication"/>.</summary>
public sealed class SeededKey
{
    /// <summary>The key in clear, at least 20 characters.</summary>
    public string Key { get; set; } = "";

    /// <summary>live (default), or test: everything goes to the sandbox.</summary>
    public KeyKind Kind { get; set; }

    /// <summary>The allowed scopes; otp if empty.</summary>
    public IList<string> Scopes { get; init; } = [];
}

/// <summary>The list of applications, as options.</summary>
public sealed class SeededApplications : List<SeededApplication>, IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Count; i++)
        {
            var application = this[i];
            if (application.Id == Guid.Empty)
            {
                yield return new($"Applications:{i}:Id must be a UUID.");
            }

            var results = new List<ValidationResult>();
            Validator.TryValidateObject(application, new ValidationContext(application), results, validateAllProperties: true);
            foreach (var result in results)
            {
                yield return new($"Applications:{i}: {result.ErrorMessage}");
            }

            foreach (var (key, problem) in SettingRules.Validate(application.Settings))
            {
                yield return new($"Applications:{i}:Settings:{key} {problem}.");
            }

            if (application.WebhookSecrets.Count > WebhookSecret.ValidAtOnce
                || application.WebhookSecrets.Any(s => !CallbackSignature.TryParseSecret(s, out _)))
            {
                yield return new($"Applications:{i}:WebhookSecrets must be at most two of \"whsec_\" and base64 of 24 to 64 random bytes.");
            }

            foreach (var problem in SeededIdentifiers.From(application).SelectMany(n => n.Validate()))
            {
                yield return new($"Applications:{i}: {problem.Field} {problem.Expected}.");
            }

            if (application.Keys.Any(k => k.Key.Length < 20))
            {
                yield return new($"Applications:{i}:Keys holds a key of less than 20 characters.");
            }
        }
    }
}
