using System.Net;
using System.Net.Sockets;

namespace OtpPipeline.Core.Recipients;

/// <summary>Whose requests are counted together: an IPv4 address, or the /64 that a network hands to one customer of IPv6.</summary>
public static class ClientNetwork
{
    private const int PrefixLength = 8;

    /// <summary>The address itself, or the first address of its /64; IPv4 written as IPv6 is IPv4.</summary>
    public static IPAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var real = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (real.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return real;
        }

        var bytes = real.GetAddressBytes();
        bytes.AsSpan(PrefixLength).Clear();
        return new(bytes);
    }
}
