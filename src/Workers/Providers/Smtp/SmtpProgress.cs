using MailKit;
using MailKit.Net.Smtp;
using OtpPipeline.Core.Stores;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>Tracks how far a message was sent. It is MailKit's protocol logger, but logs nothing and keeps codes only.</summary>
/// <param name="replyTimeout">Time-out for each answer until the message is handed over.</param>
internal sealed class SmtpProgress(TimeSpan replyTimeout) : IProtocolLogger
{
    private const int LongestReply = 64 * 1024;
    private readonly byte[] _reply = new byte[64];
    private int _received;
    private bool _startsTls;
    private bool _inContent;
    private LeaseClock _lease = LeaseClock.Endless;
    private CancellationTokenSource? _deadline;

    /// <summary>True if the final dot may have been sent: the server may have the message despite a later failure.</summary>
    public bool HandedOver { get; private set; }

    /// <summary>The last step of the message for which a command was sent.</summary>
    public SmtpStage Stage { get; private set; }

    /// <summary>The answer to the last command, available as soon as its code is read; a refusal stays.</summary>
    public SmtpReply? Reply => SmtpReply.Read(_reply.AsSpan(0, Math.Min(_received, _reply.Length)));

    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    /// <summary>Starts tracking a message.</summary>
    public void Begin(LeaseClock lease, CancellationTokenSource deadline)
    {
        (_lease, _deadline, _received, _inContent, HandedOver) = (lease, deadline, 0, false, false);
        deadline.CancelAfter(replyTimeout);
    }

    /// <summary>The content begins; it cannot be complete before <see cref="EndContent"/>.</summary>
    public void BeginContent() => (_inContent, HandedOver) = (true, false);

    /// <summary>All content is sent; the final dot follows.</summary>
    /// <exception cref="LeaseOverException">The claim has ended, so the final dot must not be sent.</exception>
    public void EndContent()
    {
        if (_lease.IsOver)
        {
            throw new LeaseOverException();
        }

        HandedOver = true;
        _received = 0;
        _deadline?.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops tracking the message.</summary>
    public void End() => _deadline = null;

    public void LogConnect(Uri uri)
    {
        // The provider logs what matters.
    }

    /// <summary>Called when MailKit has written these bytes.</summary>
    public void LogClient(byte[] buffer, int offset, int count)
    {
        if (!HandedOver)
        {
            _deadline?.CancelAfter(replyTimeout);
        }

        var refused = _received > 0 && _reply[0] is (byte)'4' or (byte)'5';
        if (_inContent || refused)
        {
            return;
        }

        var command = buffer.AsSpan(offset, count);
        Stage = command.StartsWith("MAIL "u8) ? SmtpStage.Sender
            : command.StartsWith("RCPT "u8) ? SmtpStage.Recipient
            : command.StartsWith("DATA"u8) ? SmtpStage.Content
            : Stage;
        _startsTls = command.StartsWith("STARTTLS"u8);
        _received = 0;
    }

    /// <summary>Called when MailKit has read these bytes.</summary>
    public void LogServer(byte[] buffer, int offset, int count)
    {
        var bytes = buffer.AsSpan(offset, count);
        if (_received < _reply.Length)
        {
            bytes[..Math.Min(count, _reply.Length - _received)].CopyTo(_reply.AsSpan(_received));
        }

        _received += count;
        if (_received > LongestReply)
        {
            throw new SmtpProtocolException("The server's answer is too long.");
        }

        if (_startsTls && !IsOneReply(bytes))
        {
            // An attacker on the network may have inserted an answer before the TLS handshake.
            throw new SmtpSessionException("tls_failed", "it spoke between STARTTLS and the handshake", ours: false);
        }

        if (_inContent)
        {
            // The verdict has begun: the rest of it, and a RSET, may not take long.
            _inContent = false;
            _deadline?.CancelAfter(replyTimeout);
        }
        else if (Stage == SmtpStage.Content && !HandedOver && _reply[0] == (byte)'3')
        {
            // From here on the dot may follow; the message reports the exact moment.
            _inContent = HandedOver = true;
        }
    }

    public void Dispose()
    {
        // Nothing to dispose.
    }

    private static bool IsOneReply(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 3 && bytes[3] == (byte)'-' && bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            bytes = bytes[(end + 1)..];
        }

        return bytes.IndexOf((byte)'\n') is var last && (last < 0 || last == bytes.Length - 1);
    }
}
