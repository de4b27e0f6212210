namespace OtpPipeline.Core.Deliveries;

/// <summary>What a provider made of a message: one of the nested records.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>It took the message.</summary>
    /// <param name="ProviderMessageId">Its own id, by which receipts name the delivery.</param>
    public sealed record Accepted(string? ProviderMessageId) : SendOutcome;

    /// <summary>It will never take it.</summary>
    /// <param name="Reason">Stable code in lower snake case, such as refused or invalid_recipient.</param>
    public sealed record Refused(string Reason) : SendOutcome;

    /// <summary>It may take it later, and certainly has not sent it.</summary>
    /// <param name="Reason">Stable code in lower snake case, such as throttled or unavailable.</param>
    /// <param name="RetryAfter">What it asked for.</param>
    public sealed record Transient(string Reason, TimeSpan? RetryAfter = null) : SendOutcome;

    /// <summary>The request went out and its answer is lost.</summary>
    /// <param name="Reason">Stable code in lower snake case, such as timeout or connection_lost.</param>
    public sealed record Unknown(string Reason) : SendOutcome;
}
