using System.Diagnostics.Metrics;
using OtpPipeline.Hosting.Logging;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace OtpPipeline.Workers.Tests.Hosting.Logging;

public sealed class A_log_that_nobody_reads
{
    private const int Capacity = 10;

    [Fact]
    public async Task Drops_and_counts_what_does_not_fit_and_says_so_when_it_is_read_again()
    {
        long dropped = 0;
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => Enable(instrument, l) };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref dropped, value));
        listener.Start();
        var output = new Output();
        var sink = new BufferedSink(output, TimeProvider.System, Capacity);

        sink.Emit(Line("first"));
        await output.Writing.Task.WaitAsync(TimeSpan.FromSeconds(30));
        for (var i = 0; i < Capacity + 5; i++)
        {
            sink.Emit(Line($"{i}"));
        }

        Interlocked.Read(ref dropped).ShouldBe(5);
        output.Read.Set();
        sink.Dispose();

        var written = output.Lines;
        written[0].ShouldBe("first");
        written[1].ShouldBe("5 log events were dropped because the output was not read in time");
        written.Skip(2).ShouldBe(Enumerable.Range(0, Capacity).Select(i => $"{i}"));
        sink.Emit(Line("after the end"));
        Interlocked.Read(ref dropped).ShouldBe(6);
    }

    [Fact]
    public async Task Holds_up_no_stop()
    {
        var output = new Output();
        var sink = new BufferedSink(output, TimeProvider.System, Capacity, flushTime: TimeSpan.FromMilliseconds(50));
        sink.Emit(Line("first"));
        await output.Writing.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var ended = Task.Run(sink.Dispose);

        await ended.WaitAsync(TimeSpan.FromSeconds(30));
        output.Lines.ShouldBeEmpty();
        output.Read.Set();
    }

    [Fact]
    public void Goes_on_after_an_output_that_fails()
    {
        var output = new Output { Fails = true };
        output.Read.Set();
        using (var sink = new BufferedSink(output, TimeProvider.System, Capacity))
        {
            sink.Emit(Line("lost"));
            sink.Emit(Line("written"));
        }

        output.Lines.ShouldBe(["written"]);
    }

    private static void Enable(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == BufferedSink.MeterName)
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private static LogEvent Line(string text) =>
        new(TimeProvider.System.GetUtcNow(), LogEventLevel.Information, null, new MessageTemplateParser().Parse(text), []);

    /// <summary>Writes nothing until it is read.</summary>
    private sealed class Output : ILogEventSink
    {
        private readonly List<string> _lines = [];

        public TaskCompletionSource Writing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Read { get; } = new();

        public bool Fails { get; set; }

        public string[] Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public void Emit(LogEvent logEvent)
        {
            Writing.TrySetResult();
            Read.Wait();
            if (Fails)
            {
                Fails = false;
                throw new IOException();
            }

            lock (_lines)
            {
                _lines.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }
}
