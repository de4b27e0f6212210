namespace OtpPipeline.Core.Callbacks.Sending;

/// <summary>A leased callback, decrypted for sending.</summary>
/// <param name="Id">The callback, and the webhook-id.</param>
/// <param name="ApplicationId">The application whose secrets sign it.</param>
/// <param name="LeaseId">The claim.</param>
/// <param name="Failures">Failed attempts before this one.</param>
/// <param name="Content">URL and body.</param>
/// <param name="LeasedSince">Monotonic timestamp taken before the claim.</param>
public sealed record OutgoingCallback(Guid Id, Guid ApplicationId, Guid LeaseId, int Failures, CallbackContent Content, long LeasedSince)
{
    /// <summary>Prints the id only.</summary>
    public override string ToString() => Id.ToString();
}

/// <summary>The callbacks claimed by a search for due ones.</summary>
/// <param name="Outgoing">Callbacks to send.</param>
/// <param name="Unannounced">Number of callbacks whose message did not arrive in time.</param>
/// <param name="More">An application used its whole share and may have more.</param>
public sealed record DueCallbacks(IReadOnlyList<OutgoingCallback> Outgoing, int Unannounced, bool More);
