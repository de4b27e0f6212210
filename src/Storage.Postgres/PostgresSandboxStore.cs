using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres;

/// <summary>Stores the sandbox messages on PostgreSQL.</summary>
internal sealed class PostgresSandboxStore(NpgsqlDataSource dataSource) : ISandboxStore
{
    public async Task InsertAsync(IReadOnlyCollection<SandboxMessage> messages, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            INSERT INTO sandbox_messages (id, application_id, recipient_hash, content, sent_at, is_test)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
            """);
        command.Parameters.Add(Parameters.From(messages, m => m.Id, NpgsqlDbType.Uuid));
        command.Parameters.Add(Parameters.From(messages, m => m.ApplicationId, NpgsqlDbType.Uuid));
        command.Parameters.Add(Parameters.From(messages, m => m.RecipientHash, NpgsqlDbType.Bytea));
        command.Parameters.Add(Parameters.From(messages, m => m.Content, NpgsqlDbType.Bytea));
        command.Parameters.Add(Parameters.From(messages, m => m.SentAt, NpgsqlDbType.TimestampTz));
        command.Parameters.Add(Parameters.From(messages, m => m.IsTest, NpgsqlDbType.Boolean));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task InsertCallbackAsync(Guid id, Guid otpId, byte[] content, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "INSERT INTO sandbox_callbacks (id, otp_id, content, received_at) VALUES ($1, $2, $3, clock_timestamp())");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = otpId });
        command.Parameters.Add(new() { Value = content });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
