using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>The part of a channel's queue that belongs to one application.</summary>
public readonly record struct QueueShare(Guid ApplicationId, Channel Channel);

/// <summary>How an application uses its share of a queue.</summary>
/// <param name="Published">Published and unclaimed deliveries; counted up to the share.</param>
/// <param name="HasWaiting">More deliveries wait in the table, so a new one waits behind them.</param>
public readonly record struct QueueShareUse(int Published, bool HasWaiting);

/// <summary>A delivery whose work command must be published now.</summary>
public sealed record ReleasedDelivery(
    Guid ApplicationId, Guid OtpId, Channel Channel, int Step, string? TraceParent, string Route, string Tried);
