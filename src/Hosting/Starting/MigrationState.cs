using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace OtpPipeline.Hosting.Starting;

/// <summary>Compares the migrations of a database with those of this version.</summary>
/// <param name="Applied">Number of this version's migrations that were applied.</param>
/// <param name="Pending">Migrations of this version that were not applied.</param>
/// <param name="Unknown">Migrations in the database that this version does not have.</param>
public sealed record MigrationState(int Applied, IReadOnlyList<string> Pending, IReadOnlyList<string> Unknown)
{
    /// <summary>Why the database belongs to an incompatible version; null where it does not.</summary>
    /// <remarks>A newer version's database has all migrations of this version and more. Any other database with unknown migrations was
    /// made by a version that this one does not continue.</remarks>
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
