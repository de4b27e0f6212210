using System.Runtime.ExceptionServices;
using System.Runtime.Serialization;
using System.Text.Json;
using MassTransit;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Bus.Messages;

namespace OtpPipeline.Hosting.Bus;

/// <summary>What holds for every endpoint, whatever it consumes.</summary>
internal sealed class SharedEndpointRules(ErrorQueues errors) : IEndpointConfigurationObserver
{
    private const string Unreadable = "unreadable";

    public void EndpointConfigured<T>(T configurator)
        where T : IReceiveEndpointConfigurator
    {
        OtpBusTopology.BindQueueOf(configurator);
        configurator.PublishFaults = false;
        configurator.ConfigureError(pipe => pipe.UseFilter(new FaultedToErrorQueue(PutAsideAsync)));
        configurator.ConfigureDeadLetter(pipe => pipe.UseFilter(new ForeignToErrorQueue(errors)));
        var queue = ErrorQueues.QueueOf(configurator.InputAddress);
        if (!OtpBusTopology.IsDeadLetterQueue(queue))
        {
            var isCommand = queue is OtpBusTopology.RequestOtpQueue or OtpBusTopology.VerifyOtpQueue or OtpBusTopology.CancelOtpQueue;
            configurator.ConfigureReceive(pipe => pipe.UseFilter(new JsonObjectsOnly(PutAsideAsync, withLimits: !isCommand)));
        }
    }

    private async Task PutAsideAsync(ReceiveContext context, Exception failure)
    {
        // A body that could not be read has been reported by nobody, and what is not reported counts as not consumed, too.
        if (!context.IsFaulted)
        {
            await context.NotifyFaulted(failure);
        }

        await errors.PutAsideAsync(context, ReasonOf(failure));
    }

    private static string ReasonOf(Exception failure) => failure switch
    {
        UnreadableMessageException unreadable => $"{Unreadable}: {unreadable.Message}",
        SerializationException or JsonException or MessageException => $"{Unreadable}: not the expected fields",
        _ => $"failed: {failure.GetType().Name}",
    };

    /// <summary>
    /// Stands in the place of MassTransit's way to the error queue. A database that refuses for now, or a stop, is no fault of the message,
    /// which goes back to its queue; anything else is put aside with the kind of its failure only, since what an exception says may quote
    /// the message.
    /// </summary>
    private sealed class FaultedToErrorQueue(Func<ReceiveContext, Exception, Task> putAside) : IFilter<ExceptionReceiveContext>
    {
        public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
        {
            if (context.Exception is OperationCanceledException || StoreFailures.IsTransient(context.Exception))
            {
                ExceptionDispatchInfo.Throw(context.Exception);
            }

            await putAside(context, context.Exception);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("faultedToErrorQueue");
    }

    /// <summary>A message of a foreign type, which no consumer takes: MassTransit would have a queue of its own for these.</summary>
    private sealed class ForeignToErrorQueue(ErrorQueues errors) : IFilter<ReceiveContext>
    {
        public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) =>
            errors.PutAsideAsync(context, $"{Unreadable}: foreign message type");

        public void Probe(ProbeContext context) => context.CreateFilterScope("foreignToErrorQueue");
    }
}
