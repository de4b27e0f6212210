using System.Net;
using System.Security.Cryptography.X509Certificates;
using OtpPipeline.Hosting.Providers.Entries;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>The address of the mail server and how to connect to it.</summary>
internal sealed record SmtpServer(
    string Host, int Port, SmtpSecurity Security, string? Username, string? Password, string? HelloName, X509ChainPolicy? Trust,
    TimeSpan ConnectTimeout, TimeSpan ReplyTimeout)
{
    public static SmtpServer From(SmtpProviderOptions options, EntryProblems problems)
    {
        var password = EntryFiles.Value("Password", options.Password, options.PasswordFile, problems);
        if (options.Username is not null && password is null)
        {
            problems.Add("Password", "or PasswordFile is missing beside Username.");
        }

        if (options.Username is null && password is not null)
        {
            problems.Add("Username", "is missing beside the password.");
        }

        if (options.Username is not null && options.Security == SmtpSecurity.None && !IsLoopback(options.Host))
        {
            problems.Add("Security", "must be StartTls or Tls where Username is set: the password would go over the network in clear.");
        }

        if (options.HelloName?.Any(c => c is <= ' ' or > '~') == true)
        {
            problems.Add("HelloName", "must be a name such as otp.example.com.");
        }

        var port = options.Port ?? options.Security switch { SmtpSecurity.Tls => 465, SmtpSecurity.None => 25, _ => 587 };
        var trust = EntryFiles.Trust("CaFile", options.CaFile, problems);
        return new(
            options.Host, port, options.Security, options.Username, password, options.HelloName, trust, options.ConnectTimeout,
            options.ReplyTimeout);
    }

    /// <summary>Omits the password.</summary>
    public override string ToString() => $"{Host}:{Port}";

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
