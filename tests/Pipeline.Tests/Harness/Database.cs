using Npgsql;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>A delivery's row.</summary>
internal sealed record DeliveryRow(Guid OtpId, string Channel, int Attempt, string Status, string? Reason);

/// <summary>An OTP's row.</summary>
internal sealed record OtpRow(Guid Id, string Status, string? Reason, long Sequence, int Attempts, DateTime ExpiresAt, DateTime? FinalAt);

/// <summary>The pipeline's database, for looking and for meddling.</summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    public Database(string connectionString)
    {
        ConnectionString = connectionString;
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 20 }.ConnectionString);
    }

    public string ConnectionString { get; }

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task<long> CountAsync(string fromWhere, params object[] values) =>
        ScalarAsync<long>($"SELECT count(*) FROM {fromWhere}", values);

    public async Task<int> ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<List<T>> ReadAsync<T>(Func<NpgsqlDataReader, T> row, string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    public Task<List<DeliveryRow>> DeliveriesAsync(params Guid[] otpIds) => ReadAsync(
        r => new DeliveryRow(r.GetGuid(0), r.GetString(1), r.GetInt32(2), r.GetString(3), r.IsDBNull(4) ? null : r.GetString(4)),
        "SELECT otp_id, channel, attempt, status, reason FROM deliveries WHERE otp_id = ANY ($1) ORDER BY otp_id, attempt",
        otpIds);

    public Task<List<OtpRow>> OtpsAsync(params Guid[] otpIds) => ReadAsync(
        r => new OtpRow(
            r.GetGuid(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2), r.GetInt64(3), r.GetInt32(4), r.GetDateTime(5),
            r.IsDBNull(6) ? null : r.GetDateTime(6)),
        "SELECT id, status, reason, sequence, attempts, expires_at, final_at FROM otps WHERE id = ANY ($1)",
        otpIds);

    public async Task<OtpRow> OtpAsync(Guid otpId) => (await OtpsAsync(otpId)).Single();

    public Task<DateTime> ClockAsync() => ScalarAsync<DateTime>("SELECT clock_timestamp()");

    /// <summary>Makes OTPs due at a moment from now.</summary>
    public Task<DateTime> ExpireInAsync(TimeSpan delay, params Guid[] otpIds) => ScalarAsync<DateTime>(
        """
        WITH t AS (SELECT clock_timestamp() + $1 AS at),
             u AS (UPDATE otps SET expires_at = t.at FROM t WHERE id = ANY ($2)),
             p AS (UPDATE otp_pins SET valid_until = t.at FROM t WHERE otp_id = ANY ($2))
        SELECT at FROM t
        """,
        delay,
        otpIds);

    /// <summary>Runs a statement in a transaction and keeps that open, with its locks, until disposed.</summary>
    public async Task<HeldLock> HoldAsync(string sql, params object[] values)
    {
        var connection = await _source.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        AddValues(command, values);
        await command.ExecuteNonQueryAsync();
        return new HeldLock(connection, transaction);
    }

    /// <summary>How many sessions wait for a lock that this database's holders have.</summary>
    public Task<long> WaitingAsync() =>
        CountAsync("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");

    public async ValueTask DisposeAsync() => await _source.DisposeAsync();

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = _source.CreateCommand(sql);
        AddValues(command, values);
        return command;
    }

    private static void AddValues(NpgsqlCommand command, object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }
}

/// <summary>Locks that a test holds against the pipeline.</summary>
internal sealed class HeldLock(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    /// <summary>Changes what is locked, and lets go of it.</summary>
    public async Task CommitAsync(string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
