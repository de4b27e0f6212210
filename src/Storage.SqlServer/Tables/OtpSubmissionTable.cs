using System.Data.Common;
using Microsoft.Data.SqlClient;
using OtpPipeline.Core.Otps;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for table otp_submissions (alias s).</summary>
internal static class OtpSubmissionTable
{
    private const string Columns = "s.otp_id, s.hash, s.code, s.attempts_remaining";

    private static readonly string OfOtpsSql =
        $"SELECT {Columns} FROM {RowSet.IdsOf("ids")} k JOIN otp_submissions s WITH (FORCESEEK) ON s.otp_id = k.id {Hints.ByKey}";

    private static readonly RowSet<OtpSubmission> New = new(
        "submissions",
        Column.Id<OtpSubmission>("otp_id", s => s.OtpId),
        Column.Hash<OtpSubmission>("hash", s => s.Hash),
        Column.Number<OtpSubmission>("code", s => s.Code),
        Column.Number<OtpSubmission>("attempts_remaining", s => s.AttemptsRemaining));

    private static readonly string InsertSql =
        $"""
        INSERT INTO otp_submissions (otp_id, hash, code, attempts_remaining)
        SELECT otp_id, hash, code, attempts_remaining FROM {New.Table} n
        """;

    public static OtpSubmission Read(DbDataReader r) => new()
    {
        OtpId = r.GetGuid(0),
        Hash = r.Bytes(1),
        Code = r.Value<int>(2),
        AttemptsRemaining = r.Value<int>(3),
    };

    public static void AddOf(SqlServerBatch batch, SqlParameter ids) => batch.Add(OfOtpsSql, ids);

    public static void Insert(SqlServerBatch batch, IReadOnlyCollection<OtpSubmission> submissions) =>
        batch.Add(InsertSql, New.Of(submissions));
}
