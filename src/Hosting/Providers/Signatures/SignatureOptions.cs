namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>How the requests of a provider are signed. Values are names of settings, or of the entry's Secrets.</summary>
public sealed class SignatureOptions
{
    /// <summary>Name of the scheme. With none, only the secret address of a delivery makes a receipt authentic.</summary>
    public string Scheme { get; set; } = "";

    /// <summary>Name of the secret. One that is optional and not given makes the scheme none.</summary>
    public string? Secret { get; set; }

    /// <summary>For vonage: name of the setting with md5hash, md5, sha1, sha256 or sha512.</summary>
    public string? Algorithm { get; set; }

    /// <summary>For meta: name of the secret that the subscription's request repeats.</summary>
    public string? VerifyToken { get; set; }

    /// <summary>For basic: name of the setting with the user name.</summary>
    public string? Username { get; set; }

    /// <summary>For header and query: the header or the parameter with the secret, by its own name.</summary>
    public string? Name { get; set; }
}
