using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Database;

/// <summary>The model for every database; each database's own SQL is in its Storage project.</summary>
public sealed class OtpDbContext(DbContextOptions<OtpDbContext> options) : DbContext(options)
{
    public DbSet<Application> Applications => Set<Application>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<ApplicationIdentifier> ApplicationIdentifiers => Set<ApplicationIdentifier>();

    public DbSet<WebhookSecret> WebhookSecrets => Set<WebhookSecret>();

    public DbSet<Otp> Otps => Set<Otp>();

    public DbSet<OtpPin> Pins => Set<OtpPin>();

    public DbSet<OtpChange> Changes => Set<OtpChange>();

    public DbSet<Delivery> Deliveries => Set<Delivery>();

    public DbSet<Callback> Callbacks => Set<Callback>();

    public DbSet<CallbackAttempt> CallbackAttempts => Set<CallbackAttempt>();

    public DbSet<SandboxMessage> SandboxMessages => Set<SandboxMessage>();

    public DbSet<SandboxCallback> SandboxCallbacks => Set<SandboxCallback>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(OtpDbContext).Assembly);
        modelBuilder.AddOutbox();
    }
}
