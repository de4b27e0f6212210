using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps.Plans;

/// <summary>A step of a delivery plan.</summary>
/// <param name="Channel">How the step sends.</param>
/// <param name="WaitSeconds">How long it waits after the step before was sent; 0 for the first step.</param>
public readonly record struct PlanStep(Channel Channel, int WaitSeconds);
