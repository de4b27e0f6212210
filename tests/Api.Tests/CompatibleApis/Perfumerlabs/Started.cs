using Microsoft.AspNetCore.Mvc.Testing;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

/// <summary>A process with settings of its own, for one test.</summary>
internal sealed class Started(WebApplicationFactory<Program> factory) : IAsyncDisposable
{
    public WebApplicationFactory<Program> Factory => factory;

    /// <summary>With the right credentials.</summary>
    public PerfumerlabsClient Client =>
        new(factory.CreateClient(), PerfumerlabsHost.Basic(PerfumerlabsHost.Username, PerfumerlabsHost.Password));

    public PerfumerlabsClient Stranger => new(factory.CreateClient(), authorization: null);

    public ValueTask DisposeAsync() => factory.LeaveAsync();
}
