using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OtpPipeline.Workers.Connections;

public static class ConnectionSetup
{
    /// <summary>Registers the system resolver: hosts file, search domains and name servers as configured on the machine.</summary>
    public static IServiceCollection AddNameResolution(this IServiceCollection services)
    {
        services.TryAddSingleton<ResolveName>(Dns.GetHostAddresses);
        return services;
    }
}
