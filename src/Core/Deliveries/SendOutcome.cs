namespace OtpPipeline.Core.Deliveries;

/// <summary>A provider's result for a message: one of the nested records.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>The provider accepted the message.</summary>
    /// <param name="ProviderMessageId">The provider's id, which receipts use to name the delivery.</param>
    public sealed record Accepted(string? ProviderMessageId) : SendOutcome;

    /// <summary>The provider refused the message for good.</summary>
    /// <param name="Reason">Stable code in lower snake case, such as refused or invalid_recipient.</param>
    public sealed record Refused(string Reason) : SendOutcome;

    /// <summary>The provider may accept the message later, and certainly has not sent it.</summary>
    /// <param name="Reason">Stable code in lower snake case, such as throttled or unavailable.</param>
    /// <param name="RetryAfter">The delay that the provider asked for.</param>
    public sealed record Transient(string Reason, TimeSpan? RetryAfter = null) : SendOutcome;

    /// <summary>The request went out, but its answer is lost.</summary>
    /// <param name="Reason">Stable code in lower snake case, such as timeout or connection_lost.</param>
    public sealed record Unknown(string Reason) : SendOutcome;
}
