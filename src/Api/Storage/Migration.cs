using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core;
using OtpPipeline.Core.Applications;

namespace OtpPipeline.Api.Storage;

/// <summary>What <c>--migrate</c> does instead of serving: brings the database up to date and writes the configured applications that it lacks.</summary>
internal static class Migration
{
    public static async Task RunAsync(WebApplication app)
    {
        var cancellationToken = app.Lifetime.ApplicationStopping;
        await using (var context = await app.Services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync(cancellationToken))
        {
            var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
            await context.Database.MigrateAsync(cancellationToken);
            var added = await app.Services.GetRequiredService<ApplicationSeeding>().SeedAsync(cancellationToken);
            var all = await context.Applications.CountAsync(cancellationToken);
            await Console.Out.WriteLineAsync($"Database migrated: {pending} migrations applied, {added} applications added, {all} in all.");
        }
    }
}
