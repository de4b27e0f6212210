using System.Diagnostics;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Deliveries;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Tests.Deliveries;

public sealed class The_trace_of_an_OTP : IDisposable
{
    private const string First = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Second = "00-1bf7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01";

    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == WorkerTelemetry.Name,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public The_trace_of_an_OTP() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Is_that_of_its_own_request_in_a_message_of_many()
    {
        using var message = new Activity("message").SetParentId(First).Start();
        var deliveries = RequestedDelivery.Read(
            new(
                Guid.CreateVersion7(), "sms", 1, null, null,
                [new(Guid.CreateVersion7(), 1, TraceParent: Second), new(Guid.CreateVersion7(), 1)]),
            Channel.Sms);

        deliveries.Select(TraceOf).ShouldBe([message.TraceId.ToHexString(), Second[3..35], null]);
        Activity.Current.ShouldBe(message);
        deliveries.Select(d => d.TraceParent).ShouldBe([message.Id, Second, null]);
    }

    [Fact]
    public void Is_none_where_the_text_of_a_message_is_no_trace()
    {
        var deliveries = RequestedDelivery.Read(
            new OtpRequested(Guid.CreateVersion7(), "sms", 1, null, null, [new(Guid.CreateVersion7(), 1, TraceParent: "EVIL")]),
            Channel.Sms);

        deliveries.Select(TraceOf).ShouldBe([null, null]);
    }

    /// <summary>The trace of what begins within it, as in the task of a delivery.</summary>
    private static string? TraceOf(RequestedDelivery delivery) => Run(() =>
    {
        using var activity = delivery.Follow();
        return Activity.Current?.TraceId.ToHexString();
    });

    private static string? Run(Func<string?> work)
    {
        string? trace = null;
        ExecutionContext.Run(ExecutionContext.Capture()!, _ => trace = work(), null);
        return trace;
    }
}
