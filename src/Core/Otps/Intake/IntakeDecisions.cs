using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>What to write for a batch.</summary>
/// <param name="now">The database's clock, read once.</param>
public sealed class IntakeDecisions(DateTime now)
{
    public DateTime Now => now;

    public List<Otp> Otps { get; } = [];

    public List<OtpPin> Pins { get; } = [];

    public List<Delivery> Deliveries { get; } = [];

    public HashSet<RecipientHistory> Histories { get; } = [];

    public HashSet<ApplicationSpending> Spendings { get; } = [];

    /// <summary>Keys that this transaction claimed for orders that were then refused: free again.</summary>
    public List<NewOtp> ReleasedKeys { get; } = [];
}
