namespace OtpPipeline.Core.Errors;

/// <summary>Why a command was refused. Each API writes it in its own format.</summary>
/// <param name="Kind">The kind of error.</param>
/// <param name="Type">The error type that the native API writes.</param>
/// <param name="Message">The field and the reason.</param>
/// <param name="RetryAfter">When the same command may succeed, if known.</param>
public sealed record OtpError(ErrorKind Kind, string Type, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>The number by which programs distinguish errors; stable, and the same over REST and bus.</summary>
    public int Code => (int)Kind;

    /// <summary><see cref="RetryAfter"/> in whole seconds, rounded up, at least 1.</summary>
    public int? RetryAfterSeconds =>
        RetryAfter is { } wait ? Math.Max(1, (int)Math.Min(Math.Ceiling(wait.TotalSeconds), int.MaxValue)) : null;
}
