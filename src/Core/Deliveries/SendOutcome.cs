namespace OtpPipeline.Core.Deliveries;

/// <summary>A provider's result for a message: one of the nested records. Reasons are stable codes in lower snake case.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>The reason; null for success.</summary>
    public string? Cause => this switch
    {
        Refused refused => refused.Reason,
        ProviderFailed failed => failed.Reason,
        Throttled throttled => throttled.Reason,
        NotSent notSent => notSent.Reason,
        Unknown unknown => unknown.Reason,
        _ => null,
    };

    /// <summary>How long to leave the provider alone; null when it did not say.</summary>
    public TimeSpan? Wait => this switch
    {
        ProviderFailed failed => failed.RetryAfter,
        Throttled throttled => throttled.RetryAfter,
        NotSent notSent => notSent.RetryAfter,
        _ => null,
    };

    /// <summary>Certainly nothing was sent, and another attempt may succeed.</summary>
    public bool MayBeRepeated => this is ProviderFailed or Throttled or NotSent;

    /// <summary>The outcome in one word, for operators and metrics.</summary>
    public string Word => this switch
    {
        Accepted => "accepted",
        Refused => "refused",
        ProviderFailed => "failed",
        Throttled => "throttled",
        NotSent => "not_sent",
        _ => "unknown",
    };

    /// <summary>The provider accepted the message.</summary>
    /// <param name="ProviderMessageId">The provider's id, which receipts use to name the delivery.</param>
    public sealed record Accepted(string? ProviderMessageId) : SendOutcome;

    /// <summary>The recipient cannot get the message, through any provider: no such number, blocked.</summary>
    /// <param name="Reason">Such as refused or invalid_recipient.</param>
    public sealed record Refused(string Reason) : SendOutcome;

    /// <summary>The provider cannot send at present: credentials, balance, a country it does not serve, a failure, no connection.</summary>
    /// <param name="Reason">Such as authentication_failed or unavailable.</param>
    /// <param name="RetryAfter">The delay that the provider asked for.</param>
    public sealed record ProviderFailed(string Reason, TimeSpan? RetryAfter = null) : SendOutcome;

    /// <summary>The provider wants fewer messages.</summary>
    /// <param name="Reason">Such as throttled.</param>
    /// <param name="RetryAfter">The delay that the provider asked for.</param>
    public sealed record Throttled(string Reason, TimeSpan? RetryAfter = null) : SendOutcome;

    /// <summary>Nothing was sent, and the provider is not at fault: our claim had ended, or a mailbox is full for now.</summary>
    /// <param name="Reason">Such as claim_over or provider_missing.</param>
    /// <param name="RetryAfter">Time until a provider of the route can take it; null when one can now.</param>
    public sealed record NotSent(string Reason, TimeSpan? RetryAfter = null) : SendOutcome;

    /// <summary>The request went out, but its answer is lost.</summary>
    /// <param name="Reason">Such as timeout or connection_lost.</param>
    public sealed record Unknown(string Reason) : SendOutcome;
}
