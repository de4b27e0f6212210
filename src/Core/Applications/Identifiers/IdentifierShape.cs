using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace OtpPipeline.Core.Applications.Identifiers;

/// <summary>A setting of an identifier.</summary>
/// <param name="Default">Where it is not set; null makes it required.</param>
/// <param name="Expected">What it must be, as a problem says it.</param>
/// <param name="IsValid">Whether a text is that.</param>
public sealed record IdentifierSetting(string? Default, string Expected, Func<string, bool> IsValid);

/// <summary>What an identifier of one kind looks like.</summary>
/// <param name="Form">What the identifier must match.</param>
/// <param name="Expected">That in words.</param>
/// <param name="HasSecret">It comes with a secret.</param>
/// <param name="IsSecret">It is a secret itself: stored as its hash, shown once.</param>
/// <param name="Settings">Its settings by name.</param>
/// <param name="Make">Makes one where the operator names none; null where one must be named.</param>
public sealed record IdentifierShape(
    Regex Form, string Expected, bool HasSecret, bool IsSecret, FrozenDictionary<string, IdentifierSetting> Settings, Func<string>? Make);
