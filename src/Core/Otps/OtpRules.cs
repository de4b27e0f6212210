using OtpPipeline.Core.Errors;

namespace OtpPipeline.Core.Otps;

/// <summary>The state of an OTP that the rules need.</summary>
/// <param name="Status">As stored; <see cref="OtpRules.At"/> gives the status at a given time.</param>
/// <param name="Reason">Reason for the final status.</param>
/// <param name="Attempts">Unsuccessful guesses.</param>
/// <param name="MaxAttempts">Allowed guesses.</param>
/// <param name="ExpiresAt">From this time on nothing verifies.</param>
/// <param name="WasSent">A provider accepted it, or may have.</param>
public readonly record struct OtpState(OtpStatus Status, OtpReason? Reason, int Attempts, int MaxAttempts, DateTime ExpiresAt, bool WasSent)
{
    public bool IsFinal => Status != OtpStatus.Pending;
}

/// <summary>A guess that was already compared in constant time.</summary>
/// <param name="Matches">The guess equals the PIN.</param>
/// <param name="IsRetryOfSuccess">The same submission verified the OTP before, and its answer was lost.</param>
public readonly record struct Submission(bool Matches, bool IsRetryOfSuccess);

/// <summary>The result of a guess or a cancellation; a null error is success.</summary>
/// <param name="State">The state afterwards; equal to the state before when nothing changed.</param>
/// <param name="Error">Why it failed.</param>
public readonly record struct Outcome(OtpState State, OtpError? Error);

/// <summary>The status machine. Pure: the time is the database's, read after the row was locked.</summary>
public static class OtpRules
{
    /// <summary>The state at a given time: EXPIRED from the expiry on, even before a worker has written it.</summary>
    public static OtpState At(this OtpState state, DateTime now) =>
        state.Status == OtpStatus.Pending && now >= state.ExpiresAt
            ? state with { Status = OtpStatus.Expired, Reason = state.WasSent ? OtpReason.NotVerified : OtpReason.NeverSent }
            : state;

    public static Outcome Verify(OtpState state, Submission submission, DateTime now)
    {
        switch (state.Status)
        {
            case OtpStatus.Verified:
                return new(state, submission.IsRetryOfSuccess ? null : OtpErrors.AlreadyVerified);
            case OtpStatus.Cancelled:
                return new(state, OtpErrors.WasCancelled);
            case OtpStatus.Expired:
                return new(state, OtpErrors.HasExpired);
            case OtpStatus.Failed:
                return new(state, state.Reason == OtpReason.Undeliverable ? OtpErrors.Undeliverable : OtpErrors.HasFailed);
        }

        var current = state.At(now);
        if (current.IsFinal)
        {
            return new(current, OtpErrors.PinExpired);
        }

        if (submission.Matches)
        {
            return new(current with { Status = OtpStatus.Verified }, null);
        }

        var attempts = current.Attempts + 1;
        return attempts >= current.MaxAttempts
            ? new(
                current with { Attempts = attempts, Status = OtpStatus.Failed, Reason = OtpReason.MaxAttempts },
                OtpErrors.LastAttemptFailed with { AttemptsRemaining = 0 })
            : new(
                current with { Attempts = attempts },
                OtpErrors.WrongPin with { AttemptsRemaining = current.MaxAttempts - attempts });
    }

    public static Outcome Cancel(OtpState state, DateTime now)
    {
        var current = state.At(now);
        return current.Status switch
        {
            OtpStatus.Pending => new(current with { Status = OtpStatus.Cancelled }, null),
            OtpStatus.Cancelled => new(current, OtpErrors.AlreadyCancelled),
            _ => new(current, OtpErrors.NotPending),
        };
    }

    /// <summary>Fails the OTP when no step is left and no delivery has arrived or may arrive.</summary>
    public static OtpState Undeliverable(OtpState state, DateTime now)
    {
        var current = state.At(now);
        return current.IsFinal ? current : current with { Status = OtpStatus.Failed, Reason = OtpReason.Undeliverable };
    }
}
