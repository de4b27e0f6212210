using OtpPipeline.Core.Sandbox;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer;

/// <summary>Stores the sandbox messages on SQL Server.</summary>
internal sealed class SqlServerSandboxStore(SqlServerDatabase database) : ISandboxStore
{
    private static readonly RowSet<SandboxMessage> New = new(
        "messages",
        Column.Id<SandboxMessage>("id", m => m.Id),
        Column.Id<SandboxMessage>("application_id", m => m.ApplicationId),
        Column.Hash<SandboxMessage>("recipient_hash", m => m.RecipientHash),
        Column.Bytes<SandboxMessage>("content", m => m.Content),
        Column.Time<SandboxMessage>("sent_at", m => m.SentAt),
        Column.Flag<SandboxMessage>("is_test", m => m.IsTest));

    private static readonly string InsertSql =
        $"""
        INSERT INTO sandbox_messages (id, application_id, recipient_hash, content, sent_at, is_test)
        SELECT id, application_id, recipient_hash, content, sent_at, is_test FROM {New.Table} n
        """;

    public Task InsertAsync(IReadOnlyCollection<SandboxMessage> messages, CancellationToken cancellationToken) =>
        database.ExecuteAsync(new(InsertSql, New.Of(messages)), cancellationToken);

    public Task InsertCallbackAsync(Guid id, Guid otpId, byte[] content, CancellationToken cancellationToken) => database.ExecuteAsync(
        new(
            "INSERT INTO sandbox_callbacks (id, otp_id, content, received_at) VALUES (@id, @otp, @content, @now)",
            Values.Id("id", id), Values.Id("otp", otpId), Values.Bytes("content", content)),
        cancellationToken);
}
