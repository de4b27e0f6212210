namespace OtpPipeline.Core.Errors;

/// <summary>Why a command changes nothing. Each API writes it in its own way.</summary>
/// <param name="Kind">What stands against it.</param>
/// <param name="Type">The word that the native API writes.</param>
/// <param name="Message">Which field and why.</param>
/// <param name="RetryAfter">When the same command may succeed, where that is known.</param>
public sealed record OtpError(ErrorKind Kind, string Type, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>The number by which a program tells errors apart; stable, and the same over REST and bus.</summary>
    public int Code => (int)Kind;

    /// <summary>The same in whole seconds, rounded up, at least 1.</summary>
    public int? RetryAfterSeconds =>
        RetryAfter is { } wait ? Math.Max(1, (int)Math.Min(Math.Ceiling(wait.TotalSeconds), int.MaxValue)) : null;
}
