using System.Data.Common;
using Microsoft.Data.SqlClient;

namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>Checks that the database is set up as the stores need it.</summary>
internal sealed class SqlServerCheck(SqlServerDatabase database)
{
    private const string Page = "docs/operations.md, SQL Server";
    private const int CannotOpenDatabase = 4060;

    // SQL Server 2019.
    private const int LowestLevel = 150;

    private const string SettingsSql =
        """
        SELECT d.name, d.is_read_committed_snapshot_on, CAST(d.compatibility_level AS int), d.is_read_only
        FROM sys.databases d WHERE d.database_id = DB_ID()
        """;

    private const string CollationSql =
        $"""
        SELECT TOP (5) CONCAT(t.name, '.', c.name) FROM sys.columns c JOIN sys.tables t ON t.object_id = c.object_id
        WHERE t.name IN ('otps', 'deliveries', 'outbox_messages', 'inbox_messages', 'application_identifiers')
          AND c.collation_name <> '{Collation.Exact}'
        ORDER BY t.name, c.name
        """;

    private const string RightsSql =
        """
        SELECT CONCAT(p.name, ' on ', t.name) FROM sys.tables t
        CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) p (name)
        WHERE t.is_ms_shipped = 0 AND t.name NOT LIKE '[_][_]%'
          AND HAS_PERMS_BY_NAME(CONCAT(QUOTENAME(SCHEMA_NAME(t.schema_id)), '.', QUOTENAME(t.name)), 'OBJECT', p.name) = 0
        ORDER BY t.name, p.name
        """;

    /// <summary>Returns an error sentence for the operator, or null if all is well.</summary>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await database.ReadAsync(
                new SqlServerBatch($"{SettingsSql};\n{CollationSql};\n{RightsSql}"), reader => LookAsync(reader, cancellationToken),
                cancellationToken);
        }
        catch (SqlException failure) when (failure.Number == CannotOpenDatabase)
        {
            // The database does not exist: --migrate creates it, and a host reports the missing tables.
            return null;
        }
    }

    private static async Task<string?> LookAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        var (name, snapshot, level, readOnly) = await Rows.ReadOneAsync(
            reader, r => (r.GetString(0), r.GetBoolean(1), r.GetInt32(2), r.GetBoolean(3)), cancellationToken);
        var collated = await Rows.ReadAllAsync(reader, r => r.GetString(0), cancellationToken);
        var rights = await Rows.ReadAllAsync(reader, r => r.GetString(0), cancellationToken);
        return Problem(name, snapshot, level, readOnly, collated, rights);
    }

    /// <summary>The first problem, as one sentence that says what to do.</summary>
    internal static string? Problem(
        string name, bool snapshot, int level, bool readOnly, IReadOnlyList<string> collated, IReadOnlyList<string> missingRights)
    {
        if (readOnly)
        {
            return $"Database {name} is read-only: ConnectionStrings:Otp must lead to the primary.";
        }

        if (level < LowestLevel)
        {
            return $"Database {name} has compatibility level {level}: set {LowestLevel} (SQL Server 2019) or higher ({Page}).";
        }

        if (!snapshot)
        {
            return $"Database {name} has READ_COMMITTED_SNAPSHOT off, so readers would wait for writers: "
                + $"run ALTER DATABASE {name} SET READ_COMMITTED_SNAPSHOT ON ({Page}).";
        }

        if (collated.Count > 0)
        {
            return $"Columns of database {name} have another collation than {Collation.Exact} ({string.Join(", ", collated)}): "
                + $"restore the one that the migration gave them ({Page}).";
        }

        return missingRights.Count == 0
            ? null
            : $"The user of ConnectionStrings:Otp lacks rights in database {name}: {string.Join(", ", missingRights)} ({Page}).";
    }
}
