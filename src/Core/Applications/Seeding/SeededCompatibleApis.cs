namespace OtpPipeline.Core.Applications.Seeding;

/// <summary>Section <c>Applications:N:CompatibleApis</c>: how clients of other compatible APIs identify a seeded application.</summary>
public sealed class SeededCompatibleApis
{
    public SeededBeem Beem { get; set; } = new();

    public SeededBizMagnets BizMagnets { get; set; } = new();

    public SeededGupshup Gupshup { get; set; } = new();
}

/// <summary>Beem: the appId of the body, and the credentials of HTTP Basic.</summary>
public sealed class SeededBeem
{
    /// <summary>A number from 1 to 999999999.</summary>
    public string? AppId { get; set; }

    /// <summary>Answer refused verifications with 403 instead of 200.</summary>
    public bool ForbiddenOnRefusal { get; set; }

    /// <summary>The API key.</summary>
    public string? Key { get; set; }

    /// <summary>Its secret key, in clear; only its hash is stored.</summary>
    public string? Secret { get; set; }
}

/// <summary>BizMagnets: the otp_config_uids of the path.</summary>
public sealed class SeededBizMagnets
{
    /// <summary>Letters, digits, '-' and '_'.</summary>
    public IList<string> Configs { get; init; } = [];

    /// <summary>The fixed text with {{pin}}; null for the default.</summary>
    public string? Text { get; set; }
}

/// <summary>Gupshup: two-factor keys, the account of the admin API and the user of GatewayAPI.</summary>
public sealed class SeededGupshup
{
    public IList<SeededGupshupKey> Keys { get; init; } = [];

    public string? AccountId { get; set; }

    /// <summary>The account's token, in clear; only its hash is stored.</summary>
    public string? Token { get; set; }

    public string? UserId { get; set; }

    /// <summary>The user's password, in clear; only its hash is stored.</summary>
    public string? Password { get; set; }
}

/// <summary>A two-factor key of Gupshup.</summary>
public sealed class SeededGupshupKey
{
    /// <summary>32 hexadecimal digits, in clear; only its hash is stored.</summary>
    public string Key { get; set; } = "";

    /// <summary>accountType and the eight settings of a key, such as message and codeLength, with the compatible API's names.</summary>
    public IDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
