using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Api.Admin.Applications;

/// <summary>One page of applications, newest first.</summary>
/// <param name="Data">The applications.</param>
/// <param name="Next">Cursor of the next page; null on the last one.</param>
public sealed record AdminApplicationPage(IReadOnlyList<AdminApplicationItem> Data, string? Next);

/// <summary>An application in a list.</summary>
public record AdminApplicationItem
{
    // Before those of the type that derives from it.
    private const int First = -1;

    [JsonPropertyOrder(First)]
    public required Guid Id { get; init; }

    [JsonPropertyOrder(First)]
    public required string Name { get; init; }

    /// <summary>Only an active one's keys and tokens are valid.</summary>
    [AllowedValues("active", "inactive", "revoked"), JsonPropertyOrder(First)]
    public required string Status { get; init; }

    [JsonConverter(typeof(MomentConverter)), JsonPropertyOrder(First)]
    public required DateTime DateCreated { get; init; }

    [JsonConverter(typeof(MomentConverter)), JsonPropertyOrder(First)]
    public required DateTime DateUpdated { get; init; }

    internal static AdminApplicationItem From(Application row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Status = StatusOf(row),
        DateCreated = row.CreatedAt,
        DateUpdated = row.UpdatedAt,
    };

    internal static string StatusOf(Application row) => row.RevokedAt is not null ? "revoked" : row.Active ? "active" : "inactive";
}

/// <summary>An application with everything that may be shown of it.</summary>
public record AdminApplication : AdminApplicationItem
{
    public required AdminSettings Settings { get; init; }

    public required IReadOnlyList<AdminKey> Keys { get; init; }

    public required IReadOnlyList<AdminIdentifier> Identifiers { get; init; }

    /// <summary>Those that sign callbacks, newest first.</summary>
    public required IReadOnlyList<AdminWebhookSecret> WebhookSecrets { get; init; }

    internal static AdminApplication From(
        Application row, IEnumerable<ApiKey> keys, IEnumerable<ApplicationIdentifier> identifiers,
        IEnumerable<WebhookSecret> webhookSecrets) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Status = StatusOf(row),
        DateCreated = row.CreatedAt,
        DateUpdated = row.UpdatedAt,
        Settings = AdminSettings.Create(row.Settings),
        Keys = [.. keys.OrderBy(k => k.Id).Select(AdminKey.From)],
        Identifiers = [.. identifiers.OrderBy(i => i.Id).Select(AdminIdentifier.From)],
        WebhookSecrets = [
            .. webhookSecrets.OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id).Select(AdminWebhookSecret.From)
        ],
    };
}

/// <summary>A new application, with the secrets that are shown this once.</summary>
/// <param name="Application">The application.</param>
/// <param name="ApiKey">For X-API-KEY.</param>
/// <param name="ApplicationSecret">For access tokens, with the application's id.</param>
/// <param name="WebhookSecret">Signs its callbacks.</param>
public sealed record AdminApplicationCreated(AdminApplication Application, string ApiKey, string ApplicationSecret, string WebhookSecret);

/// <summary>A key of an application.</summary>
public record AdminKey
{
    public required Guid Id { get; init; }

    /// <summary>live, or test: everything goes to the sandbox.</summary>
    [WordsOf<KeyKind>]
    public required string Kind { get; init; }

    /// <summary>The first characters, by which people recognise it.</summary>
    public required string Prefix { get; init; }

    [AllowedValues(Core.Applications.Scopes.Otp, Core.Applications.Scopes.Sms)]
    public required IReadOnlyList<string> Scopes { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateCreated { get; init; }

    /// <summary>To about a minute.</summary>
    [JsonConverter(typeof(MomentConverter))]
    public required DateTime? DateLastUsed { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime? DateExpires { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime? DateRevoked { get; init; }

    internal static AdminKey From(ApiKey row) => new()
    {
        Id = row.Id,
        Kind = EnumText<KeyKind>.Lower(row.Kind),
        Prefix = row.Prefix,
        Scopes = row.Scopes,
        DateCreated = row.CreatedAt,
        DateLastUsed = row.LastUsedAt,
        DateExpires = row.ExpiresAt,
        DateRevoked = row.RevokedAt,
    };
}

/// <summary>A new key, shown this once.</summary>
/// <param name="Key">What of it is shown later too.</param>
/// <param name="ApiKey">The key itself.</param>
public sealed record AdminKeyCreated(AdminKey Key, string ApiKey);

/// <summary>A name under which the clients of a compatible API know an application.</summary>
public sealed record AdminIdentifier
{
    public required Guid Id { get; init; }

    /// <summary>What the name belongs to.</summary>
    [WordsOf<IdentifierKind>]
    public required string Kind { get; init; }

    /// <summary>The text that clients send; of a gupshup_key only the beginning.</summary>
    public required string Identifier { get; init; }

    public required bool HasSecret { get; init; }

    /// <summary>The secret before the last change is valid too.</summary>
    public required bool HasPreviousSecret { get; init; }

    /// <summary>All settings, those with their defaults too; all of them texts.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateCreated { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateUpdated { get; init; }

    internal static AdminIdentifier From(ApplicationIdentifier row) => new()
    {
        Id = row.Id,
        Kind = EnumText<IdentifierKind>.Lower(row.Kind),
        Identifier = row.Display,
        HasSecret = row.SecretHash is not null,
        HasPreviousSecret = row.PreviousSecretHash is not null,
        Settings = new SortedDictionary<string, string>(
            IdentifierRules.For(row.Kind).Settings.Keys.ToDictionary(n => n, row.Setting, StringComparer.Ordinal), StringComparer.Ordinal),
        DateCreated = row.CreatedAt,
        DateUpdated = row.UpdatedAt,
    };
}

/// <summary>An identifier with what is shown this once.</summary>
public sealed record AdminIdentifierCreated(AdminIdentifier Identifier)
{
    /// <summary>Of a gupshup_key, which is a secret by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }
}

/// <summary>A secret that signs callbacks.</summary>
public sealed record AdminWebhookSecret(Guid Id, [property: JsonConverter(typeof(MomentConverter))] DateTime DateCreated)
{
    internal static AdminWebhookSecret From(WebhookSecret row) => new(row.Id, row.CreatedAt);
}

/// <summary>A new one, shown this once.</summary>
/// <param name="Id">Id by which it is dropped.</param>
/// <param name="Secret">"whsec_" and base64, as the verifiers of Standard Webhooks want it.</param>
public sealed record AdminWebhookSecretCreated(Guid Id, string Secret);
