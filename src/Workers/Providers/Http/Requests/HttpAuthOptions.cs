namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>Credentials of a described provider.</summary>
public sealed class HttpAuthOptions
{
    /// <summary>aws, basic, bearer, header, query or vonage-jwt.</summary>
    public string Scheme { get; set; } = "";

    /// <summary>User name, for basic; id of the access key, for aws; id of the application, for vonage-jwt.</summary>
    public string? Username { get; set; }

    /// <summary>Password, for basic; the access key's secret, for aws.</summary>
    public string? Password { get; set; }

    /// <summary>File that holds <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Name of the parameter or header, for query and header.</summary>
    public string? Name { get; set; }

    /// <summary>Token, for bearer, query and header; session token, for aws; private key in PEM form, for vonage-jwt.</summary>
    public string? Token { get; set; }

    /// <summary>File that holds <see cref="Token"/>.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Region, for aws.</summary>
    public string? Region { get; set; }

    /// <summary>The service's name in signatures, for aws: sns.</summary>
    public string? Service { get; set; }
}
