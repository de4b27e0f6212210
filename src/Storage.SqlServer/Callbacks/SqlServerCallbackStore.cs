using System.Data.Common;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Callbacks;

/// <summary>Stores callbacks on SQL Server: each step is one round trip and one commit.</summary>
internal sealed class SqlServerCallbackStore(SqlServerDatabase database) : ICallbackStore
{
    private static readonly string ReadSql =
        $"""
        SELECT o.id FROM otps o WHERE o.id = @otp AND o.application_id = @application AND o.is_test = @test;
        SELECT {CallbackTable.Columns} FROM callbacks c WHERE c.otp_id = @otp ORDER BY c.sequence;
        SELECT {CallbackTable.AttemptColumns} FROM callbacks c JOIN callback_attempts a ON a.callback_id = c.id
        WHERE c.otp_id = @otp ORDER BY a.callback_id, a.number
        """;

    public async Task<IReadOnlyList<UnsentCallback>> ReadUnsentAsync(
        IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken) => await database.ReadAllAsync(
        new(CallbackStatements.ReadUnsent, RowSet.Ids("ids", otpIds)), CallbackTable.ReadUnsent, cancellationToken);

    public async Task<IReadOnlyList<UnsentCallback>> ReadLeasedAsync(
        Guid leaseId, IReadOnlyCollection<Guid> callbackIds, CancellationToken cancellationToken) => await database.ReadAllAsync(
        new(CallbackStatements.ReadLeased, RowSet.Ids("ids", callbackIds), Values.Id("lease_id", leaseId)), CallbackTable.ReadUnsent,
        cancellationToken);

    public Task<IReadOnlySet<Guid>> ClaimAsync(
        Guid leaseId, TimeSpan lease, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken) => IdsAsync(
        new(
            CallbackStatements.Claim, CallbackStatements.Rendered.Of(rendered), Values.Id("lease_id", leaseId),
            Values.Span("lease", lease)),
        cancellationToken);

    public Task<IReadOnlySet<Guid>> StoreAsync(
        Guid leaseId, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken) => IdsAsync(
        new(CallbackStatements.Store, CallbackStatements.Rendered.Of(rendered), Values.Id("lease_id", leaseId)), cancellationToken);

    public async Task<IReadOnlyList<Guid>> ReadDueApplicationsAsync(CancellationToken cancellationToken) =>
        await database.ReadAllAsync(new(CallbackStatements.DueApplications), r => r.GetGuid(0), cancellationToken);

    public async Task<IReadOnlyList<Callback>> ClaimDueAsync(
        Guid leaseId, TimeSpan lease, IReadOnlyCollection<Guid> applicationIds, int limit, CancellationToken cancellationToken) =>
        await database.ReadAllAsync(
            new(
                CallbackStatements.ClaimDue, RowSet.Ids("applications", applicationIds), Values.Number("limit", limit),
                Values.Id("lease_id", leaseId), Values.Span("lease", lease)),
            CallbackTable.Read, cancellationToken);

    public Task<IReadOnlySet<Guid>> RecordAsync(IReadOnlyList<CallbackReport> reports, CancellationToken cancellationToken) =>
        IdsAsync(new(CallbackStatements.Record, CallbackStatements.Reports.Of(reports)), cancellationToken);

    public Task<IReadOnlyList<CallbackHistory>?> ReadAsync(OwnOtp otp, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<CallbackHistory>?>(
            new(ReadSql, Values.Id("otp", otp.Id), Values.Id("application", otp.ApplicationId), Values.Flag("test", otp.IsTest)),
            async reader =>
            {
                var otps = await Rows.ReadAllAsync(reader, r => r.GetGuid(0), cancellationToken);
                var histories = await ReadHistoriesAsync(reader, cancellationToken);
                return otps.Count == 0 ? null : histories;
            },
            cancellationToken);

    public async Task<IReadOnlyList<CallbackHistory>> ListAsync(
        CallbackFilter filter, CallbackPlace? after, int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        CallbackFilterSql.Page(filter, after, limit), reader => ReadHistoriesAsync(reader, cancellationToken), cancellationToken);

    public async Task<bool> ReplayAsync(Guid callbackId, OwnOtp? otp, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            CallbackFilterSql.ReplayOne(callbackId, otp),
            reader => Rows.ReadOneAsync(reader, r => r.GetInt32(0), cancellationToken), cancellationToken) > 0;

    public Task<ReplayedBatch> ReplayAsync(CallbackFilter filter, Guid? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            CallbackFilterSql.ReplayNext(filter, after, limit),
            reader => Rows.ReadOneAsync(
                reader, r => new ReplayedBatch(r.GetInt32(0), r.GetInt32(0) < limit ? null : r.GetGuid(1)), cancellationToken),
            cancellationToken);

    private async Task<IReadOnlySet<Guid>> IdsAsync(SqlServerBatch batch, CancellationToken cancellationToken) =>
        (await database.ReadAllAsync(batch, r => r.GetGuid(0), cancellationToken)).ToHashSet();

    private static async Task<List<CallbackHistory>> ReadHistoriesAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        var callbacks = await Rows.ReadAllAsync(reader, CallbackTable.Read, cancellationToken);
        var attempts = (await Rows.ReadAllAsync(reader, CallbackTable.ReadAttempt, cancellationToken)).ToLookup(a => a.CallbackId);
        return callbacks.ConvertAll(c => new CallbackHistory(c, [.. attempts[c.Id]]));
    }
}
