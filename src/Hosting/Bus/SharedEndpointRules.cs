using System.Runtime.ExceptionServices;
using System.Runtime.Serialization;
using System.Text.Json;
using MassTransit;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Bus.Messages;

namespace OtpPipeline.Hosting.Bus;

/// <summary>Applies the rules that every endpoint has in common.</summary>
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
        // MassTransit has not reported an unreadable body as a fault, and counts what is not reported as not consumed.
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

    /// <summary>Replaces MassTransit's path to the error queue.</summary>
    /// <remarks>
    /// After a transient database refusal or a stop, the message is not at fault and returns to its queue. Any other failure moves it to
    /// the error queue, with the kind of the failure only, because an exception's text may quote the message.
    /// </remarks>
    private sealed class FaultedToErrorQueue(Func<ReceiveContext, Exception, Task> putAside) : IFilter<ExceptionReceiveContext>
    {
        public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
        {
            if (context.Exception is OperationCanceledException || StoreFailures.IsTransient(context.Exception))
            {
                ExceptionDispatchInfo.Throw(context.Exception);
            }

            await putAside(context, context.Exception);
            await next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("faultedToErrorQueue");
    }

    /// <summary>Handles messages of a type that no consumer accepts: MassTransit would use a separate queue for these.</summary>
    private sealed class ForeignToErrorQueue(ErrorQueues errors) : IFilter<ReceiveContext>
    {
        public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) =>
            errors.PutAsideAsync(context, $"{Unreadable}: foreign message type");

        public void Probe(ProbeContext context) => context.CreateFilterScope("foreignToErrorQueue");
    }
}
