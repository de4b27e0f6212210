using System.ComponentModel;

namespace OtpPipeline.Core.Otps;

/// <summary>A delivery as one change left it.</summary>
public sealed record DeliveryChange(
    Guid Id,
    string Channel,
    string Provider,
    [property: Description("Step of the delivery plan, from 1.")] int Step,
    [property: Description("Attempt within the step, from 1.")] int Attempt,
    [property: Description("SENT, DELIVERED, READ, UNDELIVERED, FAILED, UNKNOWN or SUPPRESSED.")] string Status,
    string? Reason);
