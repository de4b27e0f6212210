using System.ComponentModel.DataAnnotations;
using System.Net;
using OtpPipeline.Api.Security;

namespace OtpPipeline.Api;

/// <summary>Section <c>Api</c>.</summary>
public sealed class ApiOptions : IValidatableObject
{
    public const string Section = "Api";

    /// <summary>Absolute http or https URL at which callers reach the Api, for links in answers.</summary>
    /// <remarks>Without it, links use the request's scheme and host if AllowedHosts names hosts, and are relative otherwise.</remarks>
    public string? PublicUrl { get; set; }

    /// <summary>Failed credentials per minute and remote address (IPv6: per /64) before further ones get 429.</summary>
    /// <remarks>1 to 10000000; default 600.</remarks>
    [Range(1, 10_000_000)]
    public int AnonymousRequestsPerMinute { get; set; } = 600;

    /// <summary>Requests per minute and process with the operator's key. 1 to 10000000; default 6000.</summary>
    [Range(1, 10_000_000)]
    public int AdminRequestsPerMinute { get; set; } = 6_000;

    /// <summary>Serves /docs and /openapi, which answer 404 otherwise. On by default.</summary>
    public bool Documentation { get; set; } = true;

    /// <summary>Addresses and networks (CIDR) of proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted; default none.</summary>
    public IList<string> KnownProxies { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is not null && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return new("Api:PublicUrl must be an absolute http or https URL.");
        }

        for (var i = 0; i < KnownProxies.Count; i++)
        {
            if (KnownProxies[i].Length > 0 && NetworkOf(KnownProxies[i]) is null)
            {
                yield return new(
                    $"Api:KnownProxies:{i} must be an address or a network of proxies, such as 10.0.0.5 or 172.18.0.0/16, and not " +
                    $"every address.");
            }
        }
    }

    /// <summary>The networks of <see cref="KnownProxies"/>, without empty entries.</summary>
    internal IEnumerable<IPNetwork> ProxyNetworks() => KnownProxies.Select(NetworkOf).OfType<IPNetwork>();

    /// <summary>The network of an entry; null where it is invalid, or holds every address, which would trust every client.</summary>
    private static IPNetwork? NetworkOf(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return new(address, address.GetAddressBytes().Length * 8);
        }

        return IPNetwork.TryParse(text, out var network) && network.PrefixLength > 0 ? network : null;
    }
}
