using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.SqlClient;

namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

/// <summary>A command as the stores sent it: its text, and its parameters as T-SQL declares them.</summary>
internal sealed record SentCommand(string Text, IReadOnlyList<string> Parameters)
{
    public override string ToString() => Text;
}

/// <summary>Takes the place of a server: records every command and answers each with no rows.</summary>
internal sealed class RecordedDatabase
{
    public List<SentCommand> Commands { get; } = [];

    public DbConnection Connect() => new Connection(this);

    private static string Declare(SqlParameter parameter) => $"{parameter.ParameterName} " + parameter.SqlDbType switch
    {
        SqlDbType.UniqueIdentifier => "uniqueidentifier",
        SqlDbType.Int => "int",
        SqlDbType.BigInt => "bigint",
        SqlDbType.Bit => "bit",
        SqlDbType.DateTime2 => $"datetime2({parameter.Scale})",
        SqlDbType.NVarChar => $"nvarchar({(parameter.Size < 0 ? "max" : parameter.Size)})",
        SqlDbType.VarBinary => $"varbinary({(parameter.Size < 0 ? "max" : parameter.Size)})",
        var other => throw new NotSupportedException($"{parameter.ParameterName} is a {other}."),
    };

    private sealed class Connection(RecordedDatabase database) : DbConnection
    {
        private ConnectionState _state = ConnectionState.Closed;

        [AllowNull]
        public override string ConnectionString { get; set; } = "";

        public override string Database => "";

        public override string DataSource => "";

        public override string ServerVersion => "";

        public override ConnectionState State => _state;

        public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

        public override void Close() => _state = ConnectionState.Closed;

        public override void Open() => _state = ConnectionState.Open;

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

        protected override DbCommand CreateDbCommand() => new Command(database);
    }

    private sealed class Command(RecordedDatabase database) : DbCommand
    {
        private readonly SqlCommand _parameters = new();

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbParameterCollection DbParameterCollection => _parameters.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel() => throw new NotSupportedException();

        public override int ExecuteNonQuery()
        {
            Record();
            return -1;
        }

        public override object ExecuteScalar() => throw new NotSupportedException();

        public override void Prepare() => throw new NotSupportedException();

        protected override DbParameter CreateDbParameter() => new SqlParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            Record();
            return new DataTable().CreateDataReader();
        }

        private void Record() => database.Commands.Add(
            new(CommandText, [.. _parameters.Parameters.Cast<SqlParameter>().Select(Declare)]));
    }
}
