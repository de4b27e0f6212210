using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OtpPipeline.Workers.Connections;

public static class ConnectionSetup
{
    /// <summary>The machine's resolver: hosts file, search domains and name servers as the system is set up.</summary>
    public static IServiceCollection AddNameResolution(this IServiceCollection services)
    {
        services.TryAddSingleton<ResolveName>(Dns.GetHostAddresses);
        return services;
    }
}
