using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Otps;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

/// <summary>SQL for table otp_submissions (alias s).</summary>
internal static class OtpSubmissionTable
{
    public const string Columns = "s.otp_id, s.hash, s.code, s.attempts_remaining";

    public static OtpSubmission Read(NpgsqlDataReader r) => new()
    {
        OtpId = r.GetGuid(0),
        Hash = r.Bytes(1),
        Code = r.Value<int>(2),
        AttemptsRemaining = r.Value<int>(3),
    };

    public static void Insert(NpgsqlBatch batch, IReadOnlyCollection<OtpSubmission> submissions) => batch.Add(
        "INSERT INTO otp_submissions (otp_id, hash, code, attempts_remaining) SELECT * FROM unnest($1, $2, $3, $4)",
        Parameters.From(submissions, s => s.OtpId, NpgsqlDbType.Uuid),
        Parameters.From(submissions, s => s.Hash, NpgsqlDbType.Bytea),
        Parameters.From(submissions, s => s.Code, NpgsqlDbType.Integer),
        Parameters.From(submissions, s => s.AttemptsRemaining, NpgsqlDbType.Integer));
}
