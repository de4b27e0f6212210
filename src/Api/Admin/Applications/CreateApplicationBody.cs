using System.ComponentModel;
using OtpPipeline.Core.Applications;

namespace OtpPipeline.Api.Admin.Applications;

/// <summary>What POST /admin/applications takes, for the description only.</summary>
public sealed record CreateApplicationBody
{
    [Description("1 to 100 characters.")]
    public required string Name { get; init; }

    [Description("What is missing has its default.")]
    public AdminSettings? Settings { get; init; }
}

/// <summary>What PATCH /admin/applications/{applicationId} takes; what is missing stays as it is.</summary>
public sealed record ChangeApplicationBody
{
    [Description("1 to 100 characters.")]
    public string? Name { get; init; }

    [Description("active or inactive.")]
    public string? Status { get; init; }

    [Description("Only the settings that change.")]
    public AdminSettings? Settings { get; init; }
}

/// <summary>What the calls for keys take.</summary>
public sealed record KeyBody
{
    [Description("Of otp and sms; otp unless given.")]
    public IReadOnlyList<string>? Scopes { get; init; }

    [Description("null for never.")]
    public DateTime? DateExpires { get; init; }
}

/// <summary>What POST .../identifiers takes.</summary>
public sealed record IdentifierBody
{
    [Description("token_client, beem_app, beem_key, bizmagnets_config, gupshup_key, gupshup_account or gupshup_user.")]
    public required string Kind { get; init; }

    [Description("One that clients use already; made here where it is missing, except for token_client, gupshup_account and gupshup_user.")]
    public string? Identifier { get; init; }

    [Description("One that clients use already, 8 to 500 characters; made here where it is missing and the kind has one.")]
    public string? Secret { get; init; }

    [Description("What the kind has; what is missing has its default.")]
    public IReadOnlyDictionary<string, string>? Settings { get; init; }
}

/// <summary>What PATCH .../identifiers/{identifierId} takes.</summary>
public sealed record IdentifierSettingsBody
{
    [Description("Only the settings that change.")]
    public required IReadOnlyDictionary<string, string> Settings { get; init; }
}

/// <summary>What POST .../identifiers/{identifierId}/secret takes.</summary>
public sealed record SecretBody
{
    [Description("8 to 500 characters; made here where it is missing.")]
    public string? Secret { get; init; }
}
