namespace OtpPipeline.Storage.Postgres.Sessions;

/// <summary>The settings of every session, from the connection's startup options or, behind a pooler, from its role.</summary>
internal static class SessionSettings
{
    // A process that froze in a transaction must not hold its locks, or block the sessions that wait for them, for long.
    private static readonly (string Name, string Value)[] Limits = [
        ("lock_timeout", "5000"), ("idle_in_transaction_session_timeout", "10000")
    ];

    // Every statement finds its few rows by an index. A plan made while the table was almost empty would scan the whole table. Prepared
    // plans are kept, so the scan would continue while the table grows: decisions/plans-by-key.
    private static readonly (string Name, string Value)[] ByKey = [
        ("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off"), ("jit", "off")
    ];

    /// <summary>The settings as startup options.</summary>
    public static string Options { get; } = string.Join(' ', Limits.Concat(ByKey).Select(s => $"-c {s.Name}={s.Value}"));

    public static IReadOnlyList<string> Names { get; } = [.. Limits.Concat(ByKey).Select(s => s.Name)];

    /// <summary>
    /// The settings that a session lacks, given its values in pg_settings. A limit may have any value except 0 (no limit).
    /// </summary>
    public static IReadOnlyList<string> Missing(IReadOnlyDictionary<string, string> actual) =>
    [
        .. Limits.Where(s => actual.GetValueOrDefault(s.Name, "0") is "0").Select(s => s.Name),
        .. ByKey.Where(s => !string.Equals(actual.GetValueOrDefault(s.Name), s.Value, StringComparison.Ordinal)).Select(s => s.Name),
    ];
}
