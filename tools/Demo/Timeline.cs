using System.Diagnostics;

namespace OtpPipeline.Demo;

/// <summary>What one OTP went through, as its client saw it, and what was missing.</summary>
internal sealed class Timeline(string title, string recipient)
{
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private readonly List<Step> _steps = [];

    public string Title { get; } = title;

    public string Recipient { get; } = recipient;

    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>When the OTP was requested; older messages belong to another one.</summary>
    public DateTimeOffset RequestedAt { get; set; }

    public Otp? Last { get; set; }

    public string? Missing { get; set; }

    public void Reached(string what) => _steps.Add(new Step(what, _since.Elapsed));

    internal readonly record struct Step(string What, TimeSpan At);
}
