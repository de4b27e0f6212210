using System.Data.Common;
using System.Text;
using Microsoft.Data.SqlClient;

namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>Statements that go to the server in one command, with their parameters.</summary>
internal sealed class SqlServerBatch
{
    /// <summary>What every batch begins with; it ends with the batch and costs no round trip.</summary>
    /// <remarks>
    /// An error ends the batch and its transaction. A lock that is not had in five seconds is error 1222, so that a frozen process blocks
    /// nobody for long. The clock has PostgreSQL's microseconds.
    /// </remarks>
    public const string Settings =
        """
        SET NOCOUNT, XACT_ABORT ON;
        SET LOCK_TIMEOUT 5000;
        DECLARE @now datetime2(6) = SYSUTCDATETIME();

        """;

    /// <summary>Reads the clock again, for example after a lock: one statement sees one time only.</summary>
    public const string ReadClock = "SET @now = SYSUTCDATETIME();";

    private readonly StringBuilder _sql = new(Settings);
    private readonly Dictionary<string, SqlParameter> _parameters = new(StringComparer.Ordinal);

    public SqlServerBatch()
    {
    }

    public SqlServerBatch(string sql, params IReadOnlyList<SqlParameter> parameters) => Add(sql, parameters);

    public bool IsEmpty => _sql.Length == Settings.Length;

    /// <summary>Adds a statement. Statements may share a parameter, but not its name alone.</summary>
    public void Add(string sql, params IReadOnlyList<SqlParameter> parameters)
    {
        _sql.Append(sql);
        _sql.Append(sql.EndsWith(';') ? "\n" : ";\n");
        foreach (var parameter in parameters)
        {
            if (!_parameters.TryAdd(parameter.ParameterName, parameter)
                && !ReferenceEquals(_parameters[parameter.ParameterName], parameter))
            {
                throw new ArgumentException($"Two parameters of one batch are called {parameter.ParameterName}.", nameof(parameters));
            }
        }
    }

    public DbCommand On(DbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = _sql.ToString();
        foreach (var parameter in _parameters.Values)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
