using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.Tests.Support;

/// <summary>The same Api on a real socket, for what the in-memory server does not have: connections.</summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> _factory;

    public KestrelHost(ApiHost host, IReadOnlyDictionary<string, string>? settings = null, Action<IServiceCollection>? services = null)
    {
        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            foreach (var (key, value) in host.Configuration)
            {
                builder.UseSetting(key, value);
            }

            foreach (var (key, value) in settings ?? new Dictionary<string, string>(StringComparer.Ordinal))
            {
                builder.UseSetting(key, value);
            }

            builder.ConfigureLogging(logging => logging.ClearProviders());
            builder.ConfigureServices(all => services?.Invoke(all));
        });
        _factory.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _factory.StartServer();
        Address = new Uri(
            _factory.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal));
    }

    public Uri Address { get; }

    public IServiceProvider Services => _factory.Services;

    /// <summary>What two seconds do by themselves: the process learns of every change.</summary>
    public Task RefreshAsync() => _factory.Services.GetRequiredService<ApplicationDirectory>().RefreshAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _factory.LeaveAsync();
}
