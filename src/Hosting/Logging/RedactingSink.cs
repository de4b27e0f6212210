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
            new Redacted(exception, withStack: logEvent.Level >= LogEventLevel.Error),
            logEvent.MessageTemplate,
            logEvent.Properties.Select(p => new LogEventProperty(p.Key, p.Value)),
            logEvent.TraceId ?? default,
            logEvent.SpanId ?? default));
    }

    public void Dispose() => (inner as IDisposable)?.Dispose();

    /// <summary>Below Error one line will do: a broker that is away is said every few seconds.</summary>
    private sealed class Redacted(Exception exception, bool withStack) : Exception(ExceptionText.MessagesOf(exception))
    {
        private readonly string _text = withStack ? ExceptionText.From(exception) : ExceptionText.MessagesOf(exception);

        public override string ToString() => _text;
    }
}
