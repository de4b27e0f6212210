using OtpPipeline.Core.Stores;

namespace OtpPipeline.Storage.Postgres.Sessions;

/// <summary>Classifies the driver's own exceptions that are no <see cref="System.Data.Common.DbException"/>.</summary>
internal static class NpgsqlErrors
{
    private const string Driver = "Npgsql";
    private static readonly StoreError LostStep = new(StoreFailure.Outage, "the driver and the server lost step");

    /// <summary>
    /// Where the server answers what the driver does not expect, it closes the connection and throws a bare <see cref="Exception"/>: seen
    /// where statements were canceled and waited for locks. PostgreSQL's name for the same is 08P01.
    /// </summary>
    public static StoreError? Read(Exception failure) =>
        failure.GetType() == typeof(Exception) && failure.Source is Driver ? LostStep : null;
}
