namespace OtpPipeline.Core.Applications.Identifiers;

/// <summary>Kinds of identifiers in the clients' requests. A text is unique within its kind.</summary>
public enum IdentifierKind
{
    /// <summary>The id for requesting access tokens, with the application's secret; by default the application's own id.</summary>
    TokenClient,

    /// <summary>Beem's numeric appId, without a secret.</summary>
    BeemApp,

    /// <summary>Beem's API key, the user name of HTTP Basic, with its secret key.</summary>
    BeemKey,

    /// <summary>The otp_config_uid in the path of BizMagnets' requests, without a secret.</summary>
    BizmagnetsConfig,

    /// <summary>Gupshup's two-factor key of 32 hexadecimal digits: it is itself a secret, so only its hash is stored.</summary>
    GupshupKey,

    /// <summary>Gupshup's accountid with its token.</summary>
    GupshupAccount,

    /// <summary>Gupshup's userid with its password, for GatewayAPI.</summary>
    GupshupUser,
}
