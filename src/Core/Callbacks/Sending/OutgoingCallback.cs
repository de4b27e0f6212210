namespace OtpPipeline.Core.Callbacks.Sending;

/// <summary>A callback under lease, decrypted: what sending needs.</summary>
/// <param name="Id">The callback, and the webhook-id.</param>
/// <param name="ApplicationId">Whose secrets sign it.</param>
/// <param name="LeaseId">The claim.</param>
/// <param name="Failures">Failed attempts before this one.</param>
/// <param name="Content">URL and body.</param>
/// <param name="LeasedSince">Timestamp of the monotonic clock from before the claim.</param>
public sealed record OutgoingCallback(Guid Id, Guid ApplicationId, Guid LeaseId, int Failures, CallbackContent Content, long LeasedSince)
{
    /// <summary>Prints the id only.</summary>
    public override string ToString() => Id.ToString();
}

/// <summary>What the look for due callbacks claimed.</summary>
/// <param name="Outgoing">To be sent.</param>
/// <param name="Unannounced">Those whose message did not come in time.</param>
/// <param name="More">An application got its whole share, and may have more.</param>
public sealed record DueCallbacks(IReadOnlyList<OutgoingCallback> Outgoing, int Unannounced, bool More);
