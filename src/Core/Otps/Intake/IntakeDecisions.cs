using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps.Requests;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>The rows to write for a batch.</summary>
/// <param name="now">The database's clock, read once.</param>
public sealed class IntakeDecisions(DateTime now)
{
    public DateTime Now => now;

    /// <summary>The answers in the order of the batch.</summary>
    public List<IntakeAnswer> Answers { get; } = [];

    public List<Otp> Otps { get; } = [];

    public List<OtpPin> Pins { get; } = [];

    public List<Delivery> Deliveries { get; } = [];

    public HashSet<RecipientHistory> Histories { get; } = [];

    public HashSet<ApplicationSpending> Spendings { get; } = [];

    /// <summary>Keys that this transaction claimed for requests that were then refused; they are released.</summary>
    public List<NewOtp> ReleasedKeys { get; } = [];
}
