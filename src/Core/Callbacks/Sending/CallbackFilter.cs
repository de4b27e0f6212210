namespace OtpPipeline.Core.Callbacks.Sending;

/// <summary>An operator's filter for callbacks.</summary>
/// <param name="Status">Null for any.</param>
/// <param name="ApplicationId">Null for all.</param>
/// <param name="From">Created at or after this time.</param>
/// <param name="To">Created before this time.</param>
public sealed record CallbackFilter(CallbackStatus? Status, Guid? ApplicationId, DateTime? From, DateTime? To);

/// <summary>A position in the list of callbacks, which is ordered by time, then id.</summary>
/// <param name="CreatedAt">When the callback was created, by the database's clock.</param>
/// <param name="Id">The callback.</param>
public readonly record struct CallbackPlace(DateTime CreatedAt, Guid Id);
