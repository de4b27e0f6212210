using MailKit;
using MailKit.Net.Smtp;
using OtpPipeline.Core.Stores;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>How far a message has come: MailKit's protocol logger, which logs nothing and keeps codes only.</summary>
/// <param name="replyTimeout">For each answer until the message is handed over.</param>
internal sealed class SmtpProgress(TimeSpan replyTimeout) : IProtocolLogger
{
    private const int LongestReply = 64 * 1024;
    private readonly byte[] _reply = new byte[64];
    private int _received;
    private bool _startsTls;
    private bool _inContent;
    private LeaseClock _lease = LeaseClock.Endless;
    private CancellationTokenSource? _deadline;

    /// <summary>The final dot may be on its way: the server may have taken the message, whatever happens then.</summary>
    public bool HandedOver { get; private set; }

    /// <summary>The last step of the message that the server was asked for.</summary>
    public SmtpStage Stage { get; private set; }

    /// <summary>The answer to the last command, as soon as its code is read; a refusal stays.</summary>
    public SmtpReply? Reply => SmtpReply.Read(_reply.AsSpan(0, Math.Min(_received, _reply.Length)));

    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    /// <summary>A message begins.</summary>
    public void Begin(LeaseClock lease, CancellationTokenSource deadline)
    {
        (_lease, _deadline, _received, _inContent, HandedOver) = (lease, deadline, 0, false, false);
        deadline.CancelAfter(replyTimeout);
    }

    /// <summary>The content is about to be written, and cannot be complete before <see cref="EndContent"/>.</summary>
    public void BeginContent() => (_inContent, HandedOver) = (true, false);

    /// <summary>All of the content is out; the final dot follows.</summary>
    /// <exception cref="LeaseOverException">It must not follow any more.</exception>
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

    /// <summary>The message is done with.</summary>
    public void End() => _deadline = null;

    public void LogConnect(Uri uri)
    {
        // The provider logs what matters.
    }

    /// <summary>MailKit has written these bytes.</summary>
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

    /// <summary>MailKit has read these bytes.</summary>
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
            // Somebody between us and the server may have put an answer in front of the TLS handshake.
            throw new SmtpSessionException("tls_failed", "it spoke between STARTTLS and the handshake", ours: false);
        }

        if (_inContent)
        {
            // The verdict is here: what is left of it, and a RSET, may not take long.
            _inContent = false;
            _deadline?.CancelAfter(replyTimeout);
        }
        else if (Stage == SmtpStage.Content && !HandedOver && _reply[0] == (byte)'3')
        {
            // From here on the dot may follow; the message says more exactly when.
            _inContent = HandedOver = true;
        }
    }

    public void Dispose()
    {
        // It holds nothing.
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
