namespace OtpPipeline.Core.Otps;

/// <summary>PENDING, or one of the four final statuses, which never change.</summary>
public enum OtpStatus
{
    Pending,
    Verified,
    Expired,
    Cancelled,
    Failed,
}

/// <summary>Why an OTP is EXPIRED or FAILED.</summary>
public enum OtpReason
{
    /// <summary>EXPIRED: it was sent, but the right PIN was not entered in time.</summary>
    NotVerified,

    /// <summary>EXPIRED: no provider ever accepted it.</summary>
    NeverSent,

    /// <summary>FAILED: the last allowed guess was wrong.</summary>
    MaxAttempts,

    /// <summary>FAILED: every step of the plan was refused, and no delivery has arrived or may arrive.</summary>
    Undeliverable,
}
