using MassTransit;

namespace OtpPipeline.Hosting.Bus;

/// <summary>Tells the watch when a consumer's queue is gone.</summary>
internal sealed class LostQueues(BrokerWatch watch) : IReceiveEndpointObserver
{
    public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        if (BrokerWatch.WhatIsMissing(faulted.Exception) is { } missing)
        {
            watch.NotFound(missing);
        }

        return Task.CompletedTask;
    }
}
