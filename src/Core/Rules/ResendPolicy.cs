using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Rules;

/// <summary>Which PIN a resend sends.</summary>
public enum ResendPolicy
{
    /// <summary>The PIN that was sent before.</summary>
    Same,

    /// <summary>A new PIN; the PIN before ends.</summary>
    New,

    /// <summary>A new PIN; the PIN before is valid too.</summary>
    NewWithGrace,
}

public static class ResendPolicies
{
    /// <summary>All policies, in the words of an error.</summary>
    public static readonly string Names = string.Join(", ", Enum.GetValues<ResendPolicy>().Select(EnumText<ResendPolicy>.Lower));
}
