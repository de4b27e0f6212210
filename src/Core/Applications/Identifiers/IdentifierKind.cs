namespace OtpPipeline.Core.Applications.Identifiers;

/// <summary>What an identifier is to the clients that name it. One text is unique within its kind.</summary>
public enum IdentifierKind
{
    /// <summary>
    /// The id that asks for access tokens, with the secret of the application; the application's own id unless another is wanted.
    /// </summary>
    TokenClient,

    /// <summary>Beem's numeric appId; it has no secret of its own.</summary>
    BeemApp,

    /// <summary>Beem's API key, the user name of HTTP Basic, with its secret key.</summary>
    BeemKey,

    /// <summary>The otp_config_uid in the path of BizMagnets' requests; it has no secret of its own.</summary>
    BizmagnetsConfig,

    /// <summary>Gupshup's two-factor key of 32 hexadecimal digits: who knows it may use it, so only its hash is stored.</summary>
    GupshupKey,

    /// <summary>Gupshup's accountid with its token.</summary>
    GupshupAccount,

    /// <summary>Gupshup's userid with its password, for GatewayAPI.</summary>
    GupshupUser,
}
