namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>Credentials of a described provider.</summary>
public sealed class HttpAuthOptions
{
    /// <summary>basic, bearer, query or header.</summary>
    public string Scheme { get; set; } = "";

    /// <summary>User name, for basic.</summary>
    public string? Username { get; set; }

    /// <summary>Password, for basic.</summary>
    public string? Password { get; set; }

    /// <summary>File that holds <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Name of the parameter or header, for query and header.</summary>
    public string? Name { get; set; }

    /// <summary>Token, for bearer, query and header.</summary>
    public string? Token { get; set; }

    /// <summary>File that holds <see cref="Token"/>.</summary>
    public string? TokenFile { get; set; }
}
