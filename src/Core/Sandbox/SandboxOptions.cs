using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Core.Sandbox;

/// <summary>Section <c>Sandbox</c>: a provider that sends nothing and shows what it would have sent.</summary>
public sealed class SandboxOptions
{
    public const string Section = "Sandbox";

    /// <summary>Serves every channel without a configured provider, and GET /sandbox/messages. Off by default.</summary>
    public bool Enabled { get; set; }

    /// <summary>Serves requests with a test key only; a channel without a provider is then not served to live keys.</summary>
    public bool TestKeysOnly { get; set; }

    /// <summary>Required to start an enabled sandbox in the environment Production, because it makes PINs readable.</summary>
    public bool AllowInProduction { get; set; }

    /// <summary>How long messages stay readable. 1 second to 24 hours; default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Extra time of every send, to simulate a slow provider in measurements. 0 to 1 minute; default 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Latency { get; set; }
}
