using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace OtpPipeline.Core.Applications.Identifiers;

/// <summary>A setting of an identifier.</summary>
/// <param name="Default">Value when not set; null makes the setting required.</param>
/// <param name="Expected">The expected value, in the words of an error.</param>
/// <param name="IsValid">Whether a text is valid.</param>
public sealed record IdentifierSetting(string? Default, string Expected, Func<string, bool> IsValid);

/// <summary>The format of an identifier of one kind.</summary>
/// <param name="Form">The pattern that the identifier must match.</param>
/// <param name="Expected">The pattern in words.</param>
/// <param name="HasSecret">The identifier comes with a secret.</param>
/// <param name="IsSecret">The identifier is itself a secret: stored as its hash, shown once.</param>
/// <param name="Settings">Its settings by name.</param>
/// <param name="Make">Generates an identifier when the operator names none; null when one must be named.</param>
public sealed record IdentifierShape(
    Regex Form, string Expected, bool HasSecret, bool IsSecret, FrozenDictionary<string, IdentifierSetting> Settings, Func<string>? Make);
