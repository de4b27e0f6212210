using System.Runtime.ExceptionServices;
using System.Runtime.Serialization;
using System.Text.Json;
using MassTransit;
using MassTransit.Middleware.Rescue;
using OtpPipeline.Core;

namespace OtpPipeline.Hosting.Bus;

/// <summary>What holds for every endpoint, whatever it consumes.</summary>
internal sealed class SharedEndpointRules : IEndpointConfigurationObserver
{
    public void EndpointConfigured<T>(T configurator)
        where T : IReceiveEndpointConfigurator
    {
        configurator.PublishFaults = false;
        configurator.ThrowOnSkippedMessages();
        configurator.ConfigureError(pipe => pipe.UseFilter(new ErrorQueueGuard()));
    }

    /// <summary>
    /// Stands before the error queue. A database that is away is no fault of the message, which goes back to its queue; anything else
    /// passes with the kind of its failure only, since what an exception says may quote the message.
    /// </summary>
    private sealed class ErrorQueueGuard : IFilter<ExceptionReceiveContext>
    {
        public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
        {
            if (StoreFailures.IsOutage(context.Exception))
            {
                ExceptionDispatchInfo.Throw(context.Exception);
            }

            return next.Send(new RescueExceptionReceiveContext(context, new FaultedMessageException(ReasonOf(context.Exception))));
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("errorQueueGuard");

        private static string ReasonOf(Exception failure) =>
            failure is SerializationException or JsonException or MessageException ? "unreadable" : $"failed: {failure.GetType().Name}";
    }
}

/// <summary>Stands in an error queue for what really happened; the log has that under the same message id.</summary>
public sealed class FaultedMessageException(string reason) : Exception(reason);
