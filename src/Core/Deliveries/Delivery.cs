using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Deliveries;

/// <summary>Status of a delivery.</summary>
public enum DeliveryStatus
{
    /// <summary>Waits for a consumer, or for its due time.</summary>
    Queued,

    /// <summary>Claimed under a lease: the request may have gone out.</summary>
    Sending,

    /// <summary>The provider accepted it.</summary>
    Sent,

    /// <summary>A receipt says that it arrived.</summary>
    Delivered,

    /// <summary>A receipt says that it was read.</summary>
    Read,

    /// <summary>A receipt says that it did not arrive.</summary>
    Undelivered,

    /// <summary>The provider refused it.</summary>
    Failed,

    /// <summary>The request went out, but its answer is lost.</summary>
    Unknown,

    /// <summary>The OTP became final first.</summary>
    Suppressed,
}

/// <summary>One attempt to hand the PIN to a provider.</summary>
public sealed class Delivery
{
    /// <summary>Maximum length of <see cref="Tried"/>.</summary>
    public const int MaxTried = 1000;

    public required Guid Id { get; init; }

    public required Guid OtpId { get; init; }

    /// <summary>The application that owns the OTP.</summary>
    public Guid ApplicationId { get; init; }

    public required Channel Channel { get; init; }

    /// <summary>Name of the route that leads to its provider.</summary>
    public required string Route { get; init; }

    /// <summary>Requested with a test key: the name of its route is reserved for those.</summary>
    public bool IsTest => string.Equals(Route, ProviderChoice.Sandbox, StringComparison.Ordinal);

    /// <summary>The provider that was asked; null until a consumer claims it.</summary>
    public string? Provider { get; init; }

    /// <summary>Step of the delivery plan, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Attempt within the step, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Asked for by a resend; the attempts after it count from it.</summary>
    public bool IsResend { get; init; }

    /// <summary>Round of the route, from 1: in a round each provider is tried once.</summary>
    public int Round { get; init; } = 1;

    /// <summary>Providers that earlier attempts of this round tried, with commas between.</summary>
    public string Tried { get; init; } = "";

    /// <summary>What it costs: the highest price of its route until its outcome, then that of the provider that took it.</summary>
    public decimal Cost { get; set; }

    public DeliveryStatus Status { get; set; }

    /// <summary>Stable code for the reason of FAILED, UNKNOWN, UNDELIVERED or SUPPRESSED.</summary>
    public string? Reason { get; set; }

    public string? ProviderMessageId { get; set; }

    /// <summary>The earliest time for a claim.</summary>
    public DateTime DueAt { get; init; }

    /// <summary>When to publish its work command again, if it is still QUEUED.</summary>
    public DateTime PublishDueAt { get; set; }

    /// <summary>Since when it waits for its application's share of the queue; null once its work command is published.</summary>
    public DateTime? WaitingSince { get; set; }

    /// <summary>W3C trace context for its work command, kept while it waits.</summary>
    public string? TraceParent { get; set; }

    /// <summary>How often its work command was published again; each time doubles the next delay.</summary>
    public int Republished { get; set; }

    public Guid? LeaseId { get; set; }

    public DateTime? LeaseUntil { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }

    /// <summary>When we knew that the provider has it: by its answer, or by a receipt.</summary>
    public DateTime? SentAt { get; set; }

    /// <summary>When it arrived, as a receipt says.</summary>
    public DateTime? DeliveredAt { get; set; }

    /// <summary>When it was read, as a receipt says.</summary>
    public DateTime? ReadAt { get; set; }

    public DeliveryTimes Times => new(SentAt, DeliveredAt, ReadAt);

    public static IReadOnlyList<string> ReadTried(string? tried) => string.IsNullOrEmpty(tried) ? [] : tried.Split(',');
}
