using System.Diagnostics;
using OtpPipeline.Outbox.Tests.Support;

namespace OtpPipeline.Outbox.Tests;

public sealed class The_trace_of_a_message : OutboxSpec
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Goes_on_from_the_activity_that_wrote_it(bool fromMemory)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is OutboxTelemetry.Name or "MassTransit" or "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");
        var process = await StartProcess(new { Lease = "00:00:02", PublishTimeout = "00:00:00.5" });

        OutboxBatch batch;
        ActivityTraceId trace;
        ActivitySpanId span;
        using (var request = source.StartActivity("POST /otp"))
        {
            batch = process.Pings(1);
            trace = request!.TraceId;
            span = request.SpanId;
        }

        await process.CommitAsync(batch);
        if (fromMemory)
        {
            process.Outbox.Dispatch(batch);
        }

        await EverythingArrives(1);

        var headers = Receiver.Messages.Single().Headers;
        var published = ActivityContext.Parse(headers["traceparent"], traceState: null);
        published.TraceId.ShouldBe(trace);
        published.SpanId.ShouldNotBe(span);
        ActivityContext.Parse(headers["MT-Activity-Id"], traceState: null).TraceId.ShouldBe(trace);
    }

    [Fact]
    public async Task Travels_even_where_nobody_records_it()
    {
        var process = await StartProcess();
        using var request = new Activity("POST /otp").SetIdFormat(ActivityIdFormat.W3C).Start();
        var batch = process.Pings(1);

        await process.CommitAndDispatchAsync(batch);
        await EverythingArrives(1);

        ActivityContext.Parse(Receiver.Messages.Single().Headers["traceparent"], traceState: null).TraceId.ShouldBe(request.TraceId);
    }
}
