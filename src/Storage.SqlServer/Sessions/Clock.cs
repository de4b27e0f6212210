namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>SQL for times relative to a batch's clock.</summary>
internal static class Clock
{
    /// <summary>The clock plus a duration in microseconds (bigint).</summary>
    public static string Plus(string microseconds) => Add(microseconds, "");

    /// <summary>The clock minus a duration in microseconds (bigint).</summary>
    public static string Minus(string microseconds) => Add(microseconds, "-");

    // DATEADD takes int only, so seconds and the rest are added apart.
    private static string Add(string microseconds, string sign) =>
        $"DATEADD(MICROSECOND, {sign}CAST({microseconds} % 1000000 AS int), "
        + $"DATEADD(SECOND, {sign}CAST({microseconds} / 1000000 AS int), @now))";
}
