using System.Net;
using System.Net.Sockets;

namespace OtpPipeline.Core.Callbacks;

/// <summary>Which addresses a callback may go to, as far as the URL itself tells; names are judged when connecting.</summary>
public static class CallbackAddress
{
    private static readonly IPNetwork[] Refused =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "5f00::/16", "fc00::/7",
            "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>An absolute http or https URL without credentials, of at most 2048 characters, whose host is no refused address in letters.</summary>
    public static bool IsAcceptable(string url, IReadOnlyList<IPNetwork> allowed) =>
        url.Length <= 2048
        && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0
        && uri.Host.Length > 0
        && (!IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) || IsAllowed(address, allowed));

    /// <summary>Whether a connection may go to this address: public, or named in the configuration.</summary>
    public static bool IsAllowed(IPAddress address, IReadOnlyList<IPNetwork> allowed)
    {
        var real = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Contains(allowed, real) || (!Contains(Refused, real) && real.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6);
    }

    private static bool Contains(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
