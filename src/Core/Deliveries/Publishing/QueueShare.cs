using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>The part of a channel's queue that belongs to one application.</summary>
public readonly record struct QueueShare(Guid ApplicationId, Channel Channel);

/// <summary>How an application's share of a queue is used.</summary>
/// <param name="Published">Deliveries that are published and unclaimed; counted up to the share.</param>
/// <param name="HasWaiting">Further ones wait in the table, so that a new one waits behind them.</param>
public readonly record struct QueueShareUse(int Published, bool HasWaiting);

/// <summary>A delivery whose work command is to be published now.</summary>
public sealed record ReleasedDelivery(Guid ApplicationId, Guid OtpId, Channel Channel, int Step, string? TraceParent);
