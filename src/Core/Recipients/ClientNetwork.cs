using System.Net;
using System.Net.Sockets;

namespace OtpPipeline.Core.Recipients;

/// <summary>Groups requests by network: an IPv4 address, or the /64 that a provider assigns to one IPv6 customer.</summary>
public static class ClientNetwork
{
    private const int PrefixLength = 8;

    /// <summary>The address itself, or the first address of its /64; an IPv4 address mapped to IPv6 is treated as IPv4.</summary>
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
