using System.Net;
using System.Net.Sockets;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Callbacks;

/// <summary>Decides which URLs a callback may use; the addresses of host names are checked when connecting.</summary>
public static class CallbackAddress
{
    /// <summary>The network of addresses that are neither IPv4 nor IPv6.</summary>
    private static readonly IPNetwork Everything = IPNetwork.Parse("::/0");

    private static readonly IPNetwork[] Refused =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",

            // Of IPv6, only 2000::/3 is allocated, and it has exceptions too. Narrower networks come first, so that the message names them.
            "::1/128", "64:ff9b::/96", "fc00::/7", "fe80::/10", "ff00::/8",
            "::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Whether it is an http or https URL, not too long, without credentials, with an allowed host.</summary>
    /// <param name="url">As the client wrote it.</param>
    /// <param name="allowed">Networks that the operator allows.</param>
    /// <param name="refused">The network of the host, if it is the reason for the refusal.</param>
    public static bool Check(string url, IReadOnlyList<IPNetwork> allowed, out IPNetwork? refused)
    {
        refused = null;
        if (url.Length > OptionRules.MaxCallbackUrl
            || url.Any(char.IsControl)
            || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")
            || uri.UserInfo.Length > 0
            || uri.Port == 0)
        {
            return false;
        }

        var host = uri.IdnHost.TrimEnd('.');
        if (!IPAddress.TryParse(host, out var address))
        {
            return IsName(host);
        }

        refused = RefusedNetwork(address, allowed);
        return refused is null;
    }

    /// <summary>The network that refuses a connection to this address; null when the connection is allowed.</summary>
    public static IPNetwork? RefusedNetwork(IPAddress address, IReadOnlyList<IPNetwork> allowed)
    {
        var real = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (Find(allowed, real) is not null)
        {
            return null;
        }

        return real.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 ? Find(Refused, real) : Everything;
    }

    // A resolver reads "127.0.0.1.", also with full stops of another script, as an address. No name ends in a number: a host that does is
    // an address in a form that only some resolvers know.
    private static bool IsName(string host) => host.Length > 0 && !host.Contains(':', StringComparison.Ordinal) && !EndsInNumber(host);

    private static bool EndsInNumber(string host)
    {
        var label = host.AsSpan(host.LastIndexOf('.') + 1);
        return !label.ContainsAnyExceptInRange('0', '9')
            || (label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && !label[2..].ContainsAnyExcept("0123456789abcdefABCDEF"));
    }

    private static IPNetwork? Find(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
            {
                return network;
            }
        }

        return null;
    }
}
