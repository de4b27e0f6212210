namespace OtpPipeline.Storage.Postgres.Sessions;

/// <summary>What every session has set: by the startup options of its connection or, behind a pooler, by its role.</summary>
internal static class SessionSettings
{
    // A process that froze in a transaction must not hold its locks, nor those who wait for them, for long.
    private static readonly (string Name, string Value)[] Limits = [
        ("lock_timeout", "5000"), ("idle_in_transaction_session_timeout", "10000")
    ];

    // Every statement finds its few rows by an index. A plan that was made while the table was almost empty would read all of it
    // instead, and goes on doing so while the table grows, since prepared plans are kept: decisions/plans-by-key.
    private static readonly (string Name, string Value)[] ByKey = [
        ("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off"), ("jit", "off")
    ];

    /// <summary>As startup options.</summary>
    public static string Options { get; } = string.Join(' ', Limits.Concat(ByKey).Select(s => $"-c {s.Name}={s.Value}"));

    public static IReadOnlyList<string> Names { get; } = [.. Limits.Concat(ByKey).Select(s => s.Name)];

    /// <summary>
    /// The settings that a session lacks, of those that it has as pg_settings shows them. A limit may have any value but none.
    /// </summary>
    public static IReadOnlyList<string> Missing(IReadOnlyDictionary<string, string> actual) =>
    [
        .. Limits.Where(s => actual.GetValueOrDefault(s.Name, "0") is "0").Select(s => s.Name),
        .. ByKey.Where(s => !string.Equals(actual.GetValueOrDefault(s.Name), s.Value, StringComparison.Ordinal)).Select(s => s.Name),
    ];
}
