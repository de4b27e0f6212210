using System.Net;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>Plain HTTP may not go to the gateway's address.</summary>
internal sealed class PlainHttpRefusedException(IPAddress address) : Exception("Plain HTTP may not go to this address.")
{
    public IPAddress Address { get; } = address;
}

/// <summary>Limits where an entry's http:// address may lead, because PINs cross the network unencrypted.</summary>
internal sealed class PlainHttp
{
    private static readonly PlainHttp Anywhere = new([], checks: false);
    private readonly IReadOnlyList<IPNetwork> _networks;
    private readonly bool _checks;

    private PlainHttp(IReadOnlyList<IPNetwork> networks, bool checks)
    {
        _networks = networks;
        _checks = checks;
    }

    public static PlainHttp Compile(HttpProviderOptions options, EntryProblems problems)
    {
        var networks = Networks(options, problems);
        if (options.AllowPlainHttp)
        {
            return Anywhere;
        }

        var plain = new PlainHttp(networks, checks: true);
        if (plain.CheckAddress("Url", options.Url, "PINs", options.Proxy, problems))
        {
            plain.CheckAddress("Feedback:Url", options.Feedback?.Url, "credentials", options.Proxy, problems);
        }

        return plain;
    }

    /// <summary>The check of the addresses to which this request may lead; none over TLS, which a CONNECT to a proxy is for.</summary>
    public CheckAddresses CheckOf(HttpRequestMessage request) =>
        request.RequestUri is { Scheme: "http" } && request.Method != HttpMethod.Connect ? Check : static _ => { };

    /// <exception cref="PlainHttpRefusedException">One of the addresses is neither loopback nor in an allowed network.</exception>
    private void Check(IReadOnlyList<IPAddress> addresses)
    {
        if (_checks && addresses.FirstOrDefault(a => !IsAllowed(a)) is { } refused)
        {
            throw new PlainHttpRefusedException(refused);
        }
    }

    /// <summary>Adds an error and returns false where plain HTTP would leave this machine.</summary>
    private bool CheckAddress(string key, string? address, string what, string? proxy, EntryProblems problems)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not "http")
        {
            return true;
        }

        if (proxy is not null)
        {
            problems.Add(
                key, $"is http:// and Proxy is set: {what} would cross the network in clear. Use https://, or set AllowPlainHttp to true.");
        }
        else if (!MayLeadTo(url.IdnHost))
        {
            problems.Add(
                key,
                $"is http:// to {url.Host}: {what} would cross the network in clear. Use https://, name the gateway's network in " +
                $"PlainHttpNetworks, or set AllowPlainHttp to true.");
        }
        else
        {
            return true;
        }

        return false;
    }

    /// <summary>A name's addresses are checked when connecting.</summary>
    private bool MayLeadTo(string host) =>
        IPAddress.TryParse(host, out var address) ? IsAllowed(address) : _networks.Count > 0 || host.TrimEnd('.') is "localhost";

    private bool IsAllowed(IPAddress address)
    {
        var real = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(real) || _networks.Any(n => n.BaseAddress.AddressFamily == real.AddressFamily && n.Contains(real));
    }

    private static List<IPNetwork> Networks(HttpProviderOptions options, EntryProblems problems)
    {
        List<IPNetwork> networks = [];
        for (var i = 0; i < options.PlainHttpNetworks.Count; i++)
        {
            if (IPNetwork.TryParse(options.PlainHttpNetworks[i], out var network))
            {
                networks.Add(network);
            }
            else
            {
                problems.Add($"PlainHttpNetworks:{i}", "must be a network in CIDR form, such as 10.1.0.0/16.");
            }
        }

        return networks;
    }
}
