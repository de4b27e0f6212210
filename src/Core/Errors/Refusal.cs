namespace OtpPipeline.Core.Errors;

/// <summary>Why a command changes nothing. The code is stable and the same over every door.</summary>
/// <param name="Code">Number by which a program tells refusals apart.</param>
/// <param name="Type">Kind, as the native dialect spells it.</param>
/// <param name="Message">Which field and why.</param>
/// <param name="RetryAfter">When the same command may succeed, where that is known.</param>
public sealed record Refusal(int Code, string Type, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>The same in whole seconds, rounded up, at least 1.</summary>
    public int? RetryAfterSeconds => RetryAfter is { } wait ? Math.Max(1, (int)Math.Min(Math.Ceiling(wait.TotalSeconds), int.MaxValue)) : null;
}
