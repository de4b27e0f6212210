namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>Keeps a few sessions for the next message, each for a limited time.</summary>
internal sealed class SmtpPool : IAsyncDisposable
{
    private readonly SmtpServer _server;
    private readonly ConnectToServer _connect;
    private readonly int _most;
    private readonly TimeSpan _idleTimeout;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private readonly Lock _lock = new();
    private readonly List<(SmtpSession Session, long Since)> _idle = [];
    private bool _closed;

    public SmtpPool(SmtpServer server, ConnectToServer connect, int most, TimeSpan idleTimeout, TimeProvider time)
    {
        _server = server;
        _connect = connect;
        _most = most;
        _idleTimeout = idleTimeout;
        _time = time;
        _sweep = time.CreateTimer(_ => Sweep(), null, idleTimeout, idleTimeout);
    }

    /// <summary>Returns the most recently used session; null if none is fresh enough.</summary>
    public SmtpSession? Take()
    {
        lock (_lock)
        {
            if (_idle.Count == 0 || _time.GetElapsedTime(_idle[^1].Since) >= _idleTimeout)
            {
                return null;
            }

            var session = _idle[^1].Session;
            _idle.RemoveAt(_idle.Count - 1);
            return session;
        }
    }

    /// <exception cref="SmtpSessionException">No session could be opened.</exception>
    public Task<SmtpSession> OpenAsync(CancellationToken cancellationToken) => SmtpSession.OpenAsync(_server, _connect, cancellationToken);

    /// <summary>Keeps or closes the session; the message's outcome does not wait for the close.</summary>
    public void Return(SmtpSession session)
    {
        lock (_lock)
        {
            if (!_closed && _idle.Count < _most && session.IsUsable)
            {
                _idle.Add((session, _time.GetTimestamp()));
                return;
            }
        }

        _ = session.CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        await Task.WhenAll(Remove(_ => true, close: true).Select(s => s.CloseAsync()));
    }

    private void Sweep()
    {
        foreach (var session in Remove(since => _time.GetElapsedTime(since) >= _idleTimeout, close: false))
        {
            _ = session.CloseAsync();
        }
    }

    private List<SmtpSession> Remove(Predicate<long> which, bool close)
    {
        lock (_lock)
        {
            _closed |= close;
            List<SmtpSession> removed = [.. _idle.Where(i => which(i.Since)).Select(i => i.Session)];
            _idle.RemoveAll(i => which(i.Since));
            return removed;
        }
    }
}
