using Npgsql;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Storage.Postgres.Sessions;
using OtpPipeline.Storage.Postgres.Tables;

namespace OtpPipeline.Storage.Postgres.Otps;

/// <summary>Finds due steps on PostgreSQL.</summary>
internal sealed class PostgresStepStore(NpgsqlDataSource dataSource) : IStepStore
{
    public async Task<IReadOnlyList<DueStep>> FindDueAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(PendingStepTable.FindDueSql);
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAllAsync(reader, r => new DueStep(r.GetGuid(0), r.GetGuid(1)), cancellationToken);
    }
}
