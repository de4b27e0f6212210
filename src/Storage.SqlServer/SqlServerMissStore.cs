using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer;

/// <summary>Stores misses on SQL Server as a history like that of sends: one round trip to reserve, one to release.</summary>
internal sealed class SqlServerMissStore(SqlServerDatabase database) : IMissStore
{
    private const string Lock =
        $"""
        DECLARE @sends nvarchar(max), @kept nvarchar(max);
        BEGIN TRANSACTION;
        SELECT @sends = h.sends FROM recipient_histories h {Hints.LockOrGap}
        WHERE h.application_id = @application AND h.recipient_hash = @hash;
        """;

    // A history holds at most as many misses as the limit, so its JSON stays short. The order of the numbers is that of their times.
    private const string ReserveSql =
        $"""
        {Lock}
        {SqlServerBatch.ReadClock}
        DECLARE @at bigint = {RecipientHistoryTable.NowInMilliseconds}, @count int;
        SELECT @kept = STRING_AGG(s.value, ',') WITHIN GROUP (ORDER BY CAST(s.value AS bigint)), @count = COUNT(*)
        FROM OPENJSON(COALESCE(@sends, '[]')) s WHERE CAST(s.value AS bigint) > @at - 60000;
        IF @count < @limit
        BEGIN
            SET @kept = CONCAT('[', @kept, CASE WHEN @count = 0 THEN '' ELSE ',' END, @at, ']');
            IF @sends IS NULL
                INSERT INTO recipient_histories (application_id, recipient_hash, sends, failed_guesses, updated_at)
                VALUES (@application, @hash, @kept, 0, @now);
            ELSE
                UPDATE recipient_histories SET sends = @kept, updated_at = @now
                WHERE application_id = @application AND recipient_hash = @hash;
        END;
        COMMIT TRANSACTION;
        SELECT CASE WHEN @count < @limit THEN @at END
        """;

    private const string ReleaseSql =
        $"""
        {Lock}
        SELECT @kept = STRING_AGG(s.value, ',') WITHIN GROUP (ORDER BY CAST(s.[key] AS int))
        FROM OPENJSON(COALESCE(@sends, '[]')) s
        WHERE s.[key] <> COALESCE((SELECT TOP (1) f.[key] FROM OPENJSON(@sends) f WHERE f.value = CAST(@reserved AS nvarchar(20))), '-1');
        UPDATE recipient_histories SET sends = CONCAT('[', @kept, ']') WHERE application_id = @application AND recipient_hash = @hash;
        COMMIT TRANSACTION
        """;

    public Task<long?> ReserveAsync(Guid applicationId, byte[] hash, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        new(ReserveSql, Values.Id("application", applicationId), Values.Hash("hash", hash), Values.Number("limit", limit)),
        reader => Rows.ReadOneAsync(reader, r => r.Value<long>(0), cancellationToken), cancellationToken);

    public Task ReleaseAsync(Guid applicationId, byte[] hash, long reserved, CancellationToken cancellationToken) => database.ExecuteAsync(
        new(ReleaseSql, Values.Id("application", applicationId), Values.Hash("hash", hash), Values.Long("reserved", reserved)),
        cancellationToken);
}
