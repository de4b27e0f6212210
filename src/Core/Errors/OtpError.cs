namespace OtpPipeline.Core.Errors;

/// <summary>Why a command was refused. Each API writes it in its own format.</summary>
/// <param name="Kind">The kind of error.</param>
/// <param name="Type">The error type that the native API writes.</param>
/// <param name="Message">The field and the reason.</param>
/// <param name="RetryAfter">When the same command may succeed, if known.</param>
/// <param name="AttemptsRemaining">Guesses that are left after a wrong PIN.</param>
public sealed record OtpError(ErrorKind Kind, string Type, string Message, TimeSpan? RetryAfter = null, int? AttemptsRemaining = null)
{
    /// <summary>The number by which programs distinguish errors; stable, and the same over REST and bus.</summary>
    public int Code => (int)Kind;

    /// <summary>The kind for APIs that have one code for every limit, and one for every failure of an OTP.</summary>
    public ErrorKind Group => Kind switch
    {
        ErrorKind.RetryPeriod or ErrorKind.HourlyLimit or ErrorKind.DailyLimit or ErrorKind.CoolingOff => ErrorKind.RateLimited,
        ErrorKind.Undeliverable => ErrorKind.Failed,
        _ => Kind,
    };

    /// <summary><see cref="RetryAfter"/> in whole seconds, rounded up, at least 1.</summary>
    public int? RetryAfterSeconds =>
        RetryAfter is { } wait ? Math.Max(1, (int)Math.Min(Math.Ceiling(wait.TotalSeconds), int.MaxValue)) : null;
}
