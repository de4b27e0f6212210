namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>A session with the server could not begin; nothing was sent.</summary>
/// <param name="reason">Stable code of the outcome.</param>
/// <param name="message">What happened, without a secret.</param>
/// <param name="ours">The entry in configuration is wrong, as far as one can tell.</param>
internal sealed class SmtpSessionException(string reason, string message, bool ours) : Exception(message)
{
    public string Reason { get; } = reason;

    public bool Ours { get; } = ours;
}
