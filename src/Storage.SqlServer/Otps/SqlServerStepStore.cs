using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Otps;

/// <summary>Finds due steps on SQL Server.</summary>
internal sealed class SqlServerStepStore(SqlServerDatabase database) : IStepStore
{
    public async Task<IReadOnlyList<DueStep>> FindDueAsync(int limit, CancellationToken cancellationToken) => await database.ReadAllAsync(
        new(PendingStepTable.FindDueSql, Values.Number("limit", limit)), r => new DueStep(r.GetGuid(0), r.GetGuid(1)), cancellationToken);
}
