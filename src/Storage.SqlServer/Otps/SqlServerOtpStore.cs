using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Otps;

/// <summary>Reads and purges OTPs on SQL Server.</summary>
internal sealed class SqlServerOtpStore(
    SqlServerDatabase database, OtpMetrics metrics, IOptions<OtpOptions> options, IOptions<DeliveryOptions> shares)
    : IOtpStore, IIntakeStore
{
    private static readonly string FindSql =
        $"""
        SELECT {OtpTable.Columns} FROM otps o WHERE o.id = @id AND o.application_id = @application;
        SELECT {DeliveryTable.Columns} FROM deliveries d WHERE d.otp_id = @id ORDER BY d.step, d.attempt;
        {SqlServerBatch.ReadClock}
        SELECT @now;
        """;

    private static readonly string FindWithFeedbackSql =
        $"{FindSql} SELECT {PendingFeedbackTable.Columns} FROM pending_feedback f WHERE f.otp_id = @id;";

    public async Task<IIntakeUnit> BeginIntakeAsync(CancellationToken cancellationToken) => new SqlServerIntakeUnit(
        await SqlServerSession.BeginAsync(database, cancellationToken), metrics, options.Value.IdempotencyRetention,
        shares.Value.MaxPublishedPerApplication);

    public async Task<IOtpUnit> BeginAsync(CancellationToken cancellationToken) =>
        new SqlServerOtpUnit(await SqlServerSession.BeginAsync(database, cancellationToken), metrics);

    public Task<OtpReading?> FindAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken) =>
        FindAsync(applicationId, otpId, feedback: false, cancellationToken);

    public Task<OtpReading?> FindWithFeedbackAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken) =>
        FindAsync(applicationId, otpId, feedback: true, cancellationToken);

    public Task<int> PurgeAsync(PurgePeriods periods, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        PurgeStatements.Batch(periods, limit),
        reader => Rows.ReadOneAsync(reader, r => r.GetInt32(0), cancellationToken), cancellationToken);

    private Task<OtpReading?> FindAsync(
        Guid applicationId, Guid otpId, bool feedback, CancellationToken cancellationToken) => database.ReadAsync(
        new(feedback ? FindWithFeedbackSql : FindSql, Values.Id("id", otpId), Values.Id("application", applicationId)),
        async reader =>
        {
            var otp = (await Rows.ReadAllAsync(reader, OtpTable.Read, cancellationToken)).SingleOrDefault();
            var deliveries = await Rows.ReadAllAsync(reader, DeliveryTable.Read, cancellationToken);
            var now = await Rows.ReadOneAsync(reader, r => r.Time(0), cancellationToken);
            var owed = feedback ? await Rows.ReadAllAsync(reader, PendingFeedbackTable.Read, cancellationToken) : [];
            return otp is null ? null : new OtpReading(otp, deliveries, now) { Feedback = owed.SingleOrDefault() };
        },
        cancellationToken);
}
