namespace OtpPipeline.Core.Callbacks.Sending;

/// <summary>Which callbacks an operator means.</summary>
/// <param name="Status">Null for any.</param>
/// <param name="ApplicationId">Null for all.</param>
/// <param name="From">Made at this moment or later.</param>
/// <param name="To">Made before this moment.</param>
public sealed record CallbackFilter(CallbackStatus? Status, Guid? ApplicationId, DateTime? From, DateTime? To);

/// <summary>A place in the list of callbacks, which is ordered by time and then by id.</summary>
/// <param name="CreatedAt">When the callback was made, by the database's clock.</param>
/// <param name="Id">The callback.</param>
public readonly record struct CallbackPlace(DateTime CreatedAt, Guid Id);
