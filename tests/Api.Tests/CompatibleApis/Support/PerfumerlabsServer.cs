using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.CompatibleApis.Perfumerlabs;
using OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.Tests.CompatibleApis.Support;

/// <summary>
/// Processes whose Perfumerlabs belongs to the application of the request. It is really one process that is handed from one application to
/// the next: starting one for each application of the matrix would take minutes.
/// </summary>
public sealed class PerfumerlabsServer(ApiHost host) : IAsyncLifetime
{
    /// <summary>Of HTTP Basic, in every process.</summary>
    public const string Pair = $"{PerfumerlabsHost.Username}:{PerfumerlabsHost.Password}";

    private readonly SemaphoreSlim _turn = new(1);
    private WebApplicationFactory<Program>? _factory;

    public static Dictionary<string, string> SettingsOf(Guid application) => PerfumerlabsHost.SettingsOf(new Tenant(application, ""));

    public async Task<Answer> SendAsync(Guid application, Func<CompatibleApiClient, Task<Answer>> request)
    {
        await _turn.WaitAsync();
        try
        {
            var services = _factory!.Services;
            services.GetRequiredService<IOptions<PerfumerlabsOptions>>().Value.ApplicationId = application;
            await services.GetRequiredService<ApplicationDirectory>().RefreshAsync(CancellationToken.None);
            return await request(new(_factory.CreateClient()));
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask InitializeAsync()
    {
        if (Servers.Postgres is { Length: > 0 })
        {
            _factory = new PerfumerlabsHost(host).Start(SettingsOf(host.Shop.Id));
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_factory is not null)
        {
            await _factory.StopAsync();
        }

        _turn.Dispose();
    }
}
