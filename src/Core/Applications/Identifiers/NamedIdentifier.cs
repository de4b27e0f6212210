using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications.Identifiers;

/// <summary>An identifier as an operator names it, before validation.</summary>
/// <param name="Kind">The kind of identifier.</param>
/// <param name="Identifier">The text in clear.</param>
/// <param name="Secret">The secret in clear, for kinds that have one.</param>
/// <param name="Settings">Its settings; missing ones have their defaults.</param>
public sealed record NamedIdentifier(IdentifierKind Kind, string Identifier, string? Secret, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Returns every invalid field.</summary>
    public IEnumerable<FieldProblem> Validate()
    {
        var shape = IdentifierRules.For(Kind);
        if (!shape.Form.IsMatch(Identifier))
        {
            yield return new("identifier", $"must be {shape.Expected}");
        }

        if (!shape.HasSecret && Secret is not null)
        {
            yield return new("secret", "is not used with this kind");
        }

        if (shape.HasSecret && Secret?.Length is null or < IdentifierRules.MinSecret or > IdentifierRules.MaxSecret)
        {
            yield return new("secret", $"must have {IdentifierRules.MinSecret} to {IdentifierRules.MaxSecret} characters");
        }

        foreach (var problem in ValidateSettings(Kind, Settings))
        {
            yield return problem;
        }
    }

    /// <summary>Returns every invalid, missing or unknown setting.</summary>
    public static IEnumerable<FieldProblem> ValidateSettings(IdentifierKind kind, IReadOnlyDictionary<string, string> settings)
    {
        var known = IdentifierRules.For(kind).Settings;
        foreach (var (name, value) in settings)
        {
            if (!known.TryGetValue(name, out var setting))
            {
                yield return new($"settings/{name}", "is not known");
            }
            else if (!setting.IsValid(value))
            {
                yield return new($"settings/{name}", $"must be {setting.Expected}");
            }
        }

        foreach (var (name, setting) in known)
        {
            if (setting.Default is null && !settings.ContainsKey(name))
            {
                yield return new($"settings/{name}", $"must be {setting.Expected}");
            }
        }

        if (kind == IdentifierKind.GupshupKey && !IdentifierRules.HasEnoughCodes(settings))
        {
            yield return new(
                "settings/codeChars", $"must make at least {IdentifierRules.FewestCodes} codes with codeLength characters each");
        }
    }

    /// <summary>Creates the row, with hashes in place of secrets.</summary>
    public ApplicationIdentifier ToIdentifier(Guid applicationId, OtpSecrets secrets, DateTime now)
    {
        var id = Guid.CreateVersion7();
        return new()
        {
            Id = id,
            ApplicationId = applicationId,
            Kind = Kind,
            Identifier = IdentifierRules.Stored(Kind, Identifier, secrets),
            Display = IdentifierRules.Shown(Kind, Identifier),
            SecretHash = Secret is null ? null : secrets.HashIdentifierSecret(id, Secret),
            Settings = Settings,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    /// <summary>Prints no secret.</summary>
    public override string ToString() => $"{Kind} {IdentifierRules.Shown(Kind, Identifier)}";
}

/// <summary>An error in one field.</summary>
/// <param name="Field">The field's name.</param>
/// <param name="Expected">The expected value.</param>
public readonly record struct FieldProblem(string Field, string Expected);
