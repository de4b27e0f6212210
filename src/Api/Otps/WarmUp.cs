using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.Otps;

/// <summary>Loads the numbering plans of all countries before the first request would have to wait for them.</summary>
internal sealed class WarmUp : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        PhoneNumber.IsKnownCountry("FR");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
