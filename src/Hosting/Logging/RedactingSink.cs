using Serilog.Core;
using Serilog.Events;

namespace OtpPipeline.Hosting.Logging;

/// <summary>Hands on log events with their exceptions in the form of <see cref="ExceptionText"/>, whoever logged them.</summary>
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
            new Redacted(exception),
            logEvent.MessageTemplate,
            logEvent.Properties.Select(p => new LogEventProperty(p.Key, p.Value)),
            logEvent.TraceId ?? default,
            logEvent.SpanId ?? default));
    }

    public void Dispose() => (inner as IDisposable)?.Dispose();

    private sealed class Redacted(Exception exception) : Exception(ExceptionText.MessagesOf(exception))
    {
        private readonly string _text = ExceptionText.Of(exception);

        public override string ToString() => _text;
    }
}
