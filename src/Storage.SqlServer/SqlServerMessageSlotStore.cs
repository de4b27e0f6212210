using OtpPipeline.Core.RateLimits;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer;

/// <summary>Leases the moments of a provider's messages on SQL Server: one row per provider.</summary>
internal sealed class SqlServerMessageSlotStore(SqlServerDatabase database) : IMessageSlotStore
{
    // The row, or its gap, is locked before the clock is read: who waited for it must not lease time that has passed.
    private static readonly string LeaseSql =
        $"""
        DECLARE @next datetime2(6);
        BEGIN TRANSACTION;
        SELECT @next = p.next_at FROM provider_rates p {Hints.LockOrGap} WHERE p.provider = @provider;
        DECLARE @exists bit = CASE WHEN @next IS NULL THEN 0 ELSE 1 END;
        {SqlServerBatch.ReadClock}
        DECLARE @start datetime2(6) = {Clock.Plus("@lead")};
        IF @next > @start SET @start = @next;
        SET @next = DATEADD(MICROSECOND, CAST(@length % 1000000 AS int), DATEADD(SECOND, CAST(@length / 1000000 AS int), @start));
        IF @exists = 1 UPDATE provider_rates SET next_at = @next WHERE provider = @provider;
        ELSE INSERT INTO provider_rates (provider, next_at) VALUES (@provider, @next);
        COMMIT TRANSACTION;
        SELECT DATEDIFF_BIG(MICROSECOND, @now, @start)
        """;

    public Task<TimeSpan> LeaseAsync(string provider, TimeSpan length, TimeSpan lead, CancellationToken cancellationToken) =>
        database.ReadAsync(
            new(LeaseSql, Values.Text("provider", 64, provider), Values.Span("length", length), Values.Span("lead", lead)),
            reader => Rows.ReadOneAsync(reader, r => TimeSpan.FromMicroseconds(r.GetInt64(0)), cancellationToken), cancellationToken);
}
