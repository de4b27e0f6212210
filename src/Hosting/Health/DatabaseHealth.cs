using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Database;

namespace OtpPipeline.Hosting.Health;

/// <summary>Runs one small statement on the database, and the host's warm-up, which queries it too.</summary>
internal sealed class DatabaseHealth(
    IDbContextFactory<OtpDbContext> contexts, ApplicationDirectory directory, IEnumerable<IWarmUp> warmUps) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await database.Database.CanConnectAsync(cancellationToken))
        {
            return new(context.Registration.FailureStatus, "The database does not answer.");
        }

        if (!directory.IsLoaded)
        {
            return new(
                context.Registration.FailureStatus, "The applications could not be read yet; a database that was never migrated has none.");
        }

        foreach (var warmUp in warmUps)
        {
            await warmUp.RunAsync(cancellationToken);
        }

        return HealthCheckResult.Healthy();
    }
}
