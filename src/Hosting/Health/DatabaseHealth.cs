using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OtpPipeline.Core;

namespace OtpPipeline.Hosting.Health;

/// <summary>One small statement on the database.</summary>
internal sealed class DatabaseHealth(IDbContextFactory<OtpDbContext> contexts) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);
        return await database.Database.CanConnectAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : new(context.Registration.FailureStatus, "The database does not answer.");
    }
}
