using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Parsing;

namespace OtpPipeline.Hosting.Logging;

/// <summary>Writes log events on a separate thread; drops and counts them when its buffer is full.</summary>
/// <remarks>An output that is not read, such as a full pipe, blocks the thread that writes to it: that must not be a worker.</remarks>
internal sealed class BufferedSink : ILogEventSink, IDisposable
{
    public const string MeterName = "OtpPipeline.Logging";

    private const int Capacity = 10_000;
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(2);
    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "otp.logs.dropped", "{event}", "Log events that were dropped because the output was not read.");

    private static readonly MessageTemplate DroppedTemplate =
        new MessageTemplateParser().Parse("{Count} log events were dropped because the output was not read in time");

    private readonly BlockingCollection<LogEvent> _events;
    private readonly ILogEventSink _inner;
    private readonly TimeSpan _flushTime;
    private readonly TimeProvider _time;
    private readonly Thread _writer;
    private long _dropped;
    private bool _ended;

    /// <param name="inner">Receives the events, one at a time.</param>
    /// <param name="time">Clock for the line that reports dropped events.</param>
    /// <param name="capacity">Maximum number of waiting events.</param>
    /// <param name="flushTime">How long Dispose waits for them; default 2 seconds.</param>
    public BufferedSink(ILogEventSink inner, TimeProvider time, int capacity = Capacity, TimeSpan? flushTime = null)
    {
        _inner = inner;
        _time = time;
        _flushTime = flushTime ?? FlushTime;
        _events = new(capacity);

        // A background thread, so that a write that never returns does not keep the process alive.
        _writer = new(Write) { IsBackground = true, Name = "log writer" };
        _writer.Start();
    }

    public void Emit(LogEvent logEvent)
    {
        if (Volatile.Read(ref _ended) || !TryAdd(logEvent))
        {
            Interlocked.Increment(ref _dropped);
            Dropped.Add(1);
        }
    }

    /// <summary>Writes the waiting events, as far as the time allows.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, true))
        {
            return;
        }

        _events.CompleteAdding();
        if (_writer.Join(_flushTime))
        {
            (_inner as IDisposable)?.Dispose();
            _events.Dispose();
        }
    }

    private bool TryAdd(LogEvent logEvent)
    {
        try
        {
            return _events.TryAdd(logEvent);
        }
        catch (InvalidOperationException)
        {
            // The sink ended after the check: the event is counted as dropped.
            return false;
        }
    }

    private void Write()
    {
        foreach (var logEvent in _events.GetConsumingEnumerable())
        {
            WriteOne(logEvent);
            TellDropped();
        }
    }

    private void TellDropped()
    {
        var count = Interlocked.Exchange(ref _dropped, 0);
        if (count > 0)
        {
            WriteOne(new(_time.GetUtcNow(), LogEventLevel.Warning, null, DroppedTemplate, [new("Count", new ScalarValue(count))]));
        }
    }

    private void WriteOne(LogEvent logEvent)
    {
        try
        {
            _inner.Emit(logEvent);
        }
        catch (Exception failure)
        {
            // A failing sink must not end the thread; the event is lost and counted.
            Dropped.Add(1);
            SelfLog.WriteLine("A log event could not be written: {0}", failure.GetType().Name);
        }
    }
}
