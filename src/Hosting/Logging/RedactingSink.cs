using Serilog.Core;
using Serilog.Events;

namespace OtpPipeline.Hosting.Logging;

/// <summary>Formats the exceptions of all log events with <see cref="ExceptionText"/>, regardless of their source.</summary>
internal sealed class RedactingSink(ILogEventSink inner) : ILogEventSink, IDisposable
{
    public void Emit(LogEvent logEvent)
    {
        if (logEvent.Exception is not { } exception)
        {
            inner.Emit(logEvent);
            return;
        }

        inner.Emit(new LogEvent(
            logEvent.Timestamp,
            logEvent.Level,
            new Redacted(exception, withStack: logEvent.Level >= LogEventLevel.Error),
            logEvent.MessageTemplate,
            logEvent.Properties.Select(p => new LogEventProperty(p.Key, p.Value)),
            logEvent.TraceId ?? default,
            logEvent.SpanId ?? default));
    }

    public void Dispose() => (inner as IDisposable)?.Dispose();

    /// <summary>Below Error one line is enough: an unavailable broker is logged every few seconds.</summary>
    private sealed class Redacted(Exception exception, bool withStack) : Exception(ExceptionText.MessagesOf(exception))
    {
        private readonly string _text = withStack ? ExceptionText.From(exception) : ExceptionText.MessagesOf(exception);

        public override string ToString() => _text;
    }
}
