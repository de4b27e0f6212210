namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>A session with the server could not begin; nothing was sent.</summary>
/// <param name="reason">Stable code of the outcome.</param>
/// <param name="message">Description without secrets.</param>
/// <param name="ours">True if the entry in configuration is probably wrong.</param>
internal sealed class SmtpSessionException(string reason, string message, bool ours) : Exception(message)
{
    public string Reason { get; } = reason;

    public bool Ours { get; } = ours;
}
