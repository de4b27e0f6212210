namespace OtpPipeline.Tests.Shared;

/// <summary>Recipients that nobody else in the run has, and those that make the sandbox play a script.</summary>
internal static class Recipients
{
    public const string Delivered = "+15005550001";
    public const string Refused = "+15005550002";
    public const string Throttled = "+15005550003";
    public const string Slow = "+15005550004";
    public const string Hanging = "+15005550005";
    public const string AnswerLost = "+15005550006";
    public const string Outage = "+15005550012";

    private static int _last = Random.Shared.Next(100_000);

    /// <summary>A French mobile number.</summary>
    public static string Next() => $"+33612{Interlocked.Increment(ref _last):000000}";

    public static string NextEmail() => $"someone{Interlocked.Increment(ref _last)}@mail.example";

    public static string NextChat() => $"77{Interlocked.Increment(ref _last):00000000}";
}
