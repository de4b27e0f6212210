using System.Runtime.ExceptionServices;
using System.Runtime.Serialization;
using System.Text.Json;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Rescue;
using MassTransit.Transports;
using OtpPipeline.Core;

namespace OtpPipeline.Hosting.Bus;

/// <summary>What holds for every endpoint, whatever it consumes.</summary>
internal sealed class SharedEndpointRules : IEndpointConfigurationObserver
{
    private const string Unreadable = "unreadable";

    public void EndpointConfigured<T>(T configurator)
        where T : IReceiveEndpointConfigurator
    {
        configurator.PublishFaults = false;
        configurator.ConfigureError(pipe =>
        {
            // A pipe of one's own replaces MassTransit's whole one, so it needs the way to the error queue, too.
            pipe.UseFilter(new ErrorQueueGuard());
            pipe.UseFilter(new ErrorTransportFilter());
        });
        configurator.ConfigureDeadLetter(pipe => pipe.UseFilter(new UnreadableToErrorQueue()));
    }

    /// <summary>
    /// Stands before the error queue. A database that is away is no fault of the message, which goes back to its queue; anything else
    /// passes with the kind of its failure only, since what an exception says may quote the message.
    /// </summary>
    private sealed class ErrorQueueGuard : IFilter<ExceptionReceiveContext>
    {
        public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
        {
            if (StoreFailures.IsOutage(context.Exception))
            {
                ExceptionDispatchInfo.Throw(context.Exception);
            }

            // A body that could not be read has been reported by nobody, and what is not reported counts as not consumed, too.
            if (!context.IsFaulted)
            {
                await context.NotifyFaulted(context.Exception);
            }

            await next.Send(new RescueExceptionReceiveContext(context, new FaultedMessageException(ReasonOf(context.Exception))));
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("errorQueueGuard");

        private static string ReasonOf(Exception failure) =>
            failure is SerializationException or JsonException or MessageException ? Unreadable : $"failed: {failure.GetType().Name}";
    }

    /// <summary>A message of a foreign type, which no consumer takes: MassTransit would have a queue of its own for these.</summary>
    private sealed class UnreadableToErrorQueue : IFilter<ReceiveContext>
    {
        public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) =>
            context.TryGetPayload<IErrorTransport>(out var errors)
                ? errors.Send(new RescueExceptionReceiveContext(context, new FaultedMessageException(Unreadable)))
                : throw new TransportException(context.InputAddress, "The endpoint has no error queue.");

        public void Probe(ProbeContext context) => context.CreateFilterScope("unreadableToErrorQueue");
    }
}

/// <summary>Stands in an error queue for what really happened; the log has that under the same message id.</summary>
public sealed class FaultedMessageException(string reason) : Exception(reason);
