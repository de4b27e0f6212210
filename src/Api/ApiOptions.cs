using System.ComponentModel.DataAnnotations;
using System.Net;
using OtpPipeline.Api.Security;

namespace OtpPipeline.Api;

/// <summary>Section <c>Api</c>, beside the key that both hosts read.</summary>
public sealed class ApiOptions : IValidatableObject
{
    public const string Section = "Api";

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
