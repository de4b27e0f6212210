using System.ComponentModel.DataAnnotations;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Api.Admin.Applications;

/// <summary>What POST /admin/applications takes.</summary>
public sealed record CreateApplicationBody
{
    /// <summary>The name that operators see.</summary>
    [Length(1, SettingRules.MaxName)]
    public required string Name { get; init; }

    /// <summary>What is missing has its default.</summary>
    public AdminSettings? Settings { get; init; }
}

/// <summary>What PATCH /admin/applications/{applicationId} takes; what is missing stays as it is.</summary>
public sealed record ChangeApplicationBody
{
    /// <summary>The name that operators see.</summary>
    [Length(1, SettingRules.MaxName)]
    public string? Name { get; init; }

    /// <summary>An inactive one's keys and tokens are refused.</summary>
    [AllowedValues("active", "inactive")]
    public string? Status { get; init; }

    /// <summary>Only the settings that change.</summary>
    public AdminSettings? Settings { get; init; }
}

/// <summary>What the calls for keys take.</summary>
public sealed record KeyBody
{
    /// <summary>live unless given; test: everything goes to the sandbox. It cannot be changed later.</summary>
    [WordsOf<KeyKind>]
    public string? Kind { get; init; }

    /// <summary>What the key may do; otp unless given.</summary>
    [AllowedValues(Core.Applications.Scopes.Otp, Core.Applications.Scopes.Sms)]
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>null for never.</summary>
    public DateTime? DateExpires { get; init; }
}

/// <summary>What POST .../identifiers takes.</summary>
public sealed record IdentifierBody
{
    /// <summary>What the name belongs to.</summary>
    [WordsOf<IdentifierKind>]
    public required string Kind { get; init; }

    /// <summary>One that clients use already; made here where it is missing and the kind allows that.</summary>
    public string? Identifier { get; init; }

    /// <summary>One that clients use already, 8 to 500 characters; made here where it is missing and the kind has one.</summary>
    public string? Secret { get; init; }

    /// <summary>What the kind has; what is missing has its default.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }
}

/// <summary>What PATCH .../identifiers/{identifierId} takes.</summary>
public sealed record IdentifierSettingsBody
{
    /// <summary>Only the settings that change.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }
}

/// <summary>What POST .../identifiers/{identifierId}/secret takes.</summary>
public sealed record SecretBody
{
    /// <summary>8 to 500 characters; made here where it is missing.</summary>
    public string? Secret { get; init; }
}
