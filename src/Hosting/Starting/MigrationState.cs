using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace OtpPipeline.Hosting.Starting;

/// <summary>The migrations of a database beside those of this version.</summary>
/// <param name="Applied">How many of this version's were applied.</param>
/// <param name="Pending">Those of this version that were not.</param>
/// <param name="Unknown">Those in the database that this version does not have.</param>
public sealed record MigrationState(int Applied, IReadOnlyList<string> Pending, IReadOnlyList<string> Unknown)
{
    /// <summary>
    /// A newer version's database has all of ours and more; any other with unknown migrations was made by a version that this one does
    /// not continue.
    /// </summary>
    public string? Foreign => Unknown.Count > 0 && Pending.Count > 0
        ? $"The database was made by another version, whose migrations this one does not know ({Unknown[^1]}): "
          + "use that version, or an empty database."
        : null;

    /// <summary>Why a host cannot serve; null where it can.</summary>
    public string? Problem =>
        Foreign
        ?? (Pending.Count == 0 ? null
            : Applied == 0 ? "The database has no tables yet: run the Api once with --migrate."
            : "The database lacks the migrations of this version: run the Api once with --migrate.");

    public static async Task<MigrationState> ReadAsync(DatabaseFacade database, CancellationToken cancellationToken)
    {
        var own = database.GetMigrations().ToList();
        var applied = (await database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        return new(
            own.Intersect(applied, StringComparer.Ordinal).Count(),
            [.. own.Except(applied, StringComparer.Ordinal)],
            [.. applied.Except(own, StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}
