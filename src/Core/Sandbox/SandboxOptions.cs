using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Core.Sandbox;

/// <summary>Section <c>Sandbox</c>: a provider that sends nothing and shows what it would have sent.</summary>
public sealed class SandboxOptions
{
    public const string Section = "Sandbox";

    /// <summary>Serves every channel without a provider of its own, and GET /sandbox/messages. Off by default.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The second key without which an enabled sandbox refuses to start in the environment Production: it makes PINs readable.
    /// </summary>
    public bool AllowInProduction { get; set; }

    /// <summary>How long messages stay readable. 1 second to 24 hours; default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>What every send takes longer, as a provider far away would: for measurements. 0 to 1 minute; default 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Latency { get; set; }
}
