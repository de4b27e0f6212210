using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Outbox;

/// <summary>Maps <see cref="OutboxMessage"/> to table <c>outbox_messages</c>.</summary>
public sealed class OutboxMessageConfiguration : IEntityTypeConfiguration<OutboxMessage>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<OutboxMessage> builder)
    {
        builder.ToTable("outbox_messages");
        builder.HasKey(m => m.Id).HasName("pk_outbox_messages");
        builder.Property(m => m.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(m => m.MessageType).HasColumnName("message_type").HasMaxLength(100);
        builder.Property(m => m.CorrelationId).HasColumnName("correlation_id");
        builder.Property(m => m.RoutingKey).HasColumnName("routing_key").HasMaxLength(255);
        builder.Property(m => m.DestinationAddress).HasColumnName("destination_address").HasMaxLength(1000);
        builder.Property(m => m.Body).HasColumnName("body");
        builder.Property(m => m.Headers).HasColumnName("headers");
        builder.Property(m => m.TraceParent).HasColumnName("trace_parent").HasMaxLength(100);
        builder.Property(m => m.CreatedAt).HasColumnName("created_at");
        builder.Property(m => m.DueAt).HasColumnName("due_at");
        builder.Property(m => m.LeaseId).HasColumnName("lease_id");
        builder.Property(m => m.Attempts).HasColumnName("attempts");
        builder.Property(m => m.ParkedAt).HasColumnName("parked_at");
        builder.Property(m => m.LastError).HasColumnName("last_error").HasMaxLength(500);
        builder.Ignore(m => m.DueAfter);
        builder.HasIndex(m => m.DueAt).HasDatabaseName("ix_outbox_messages_due_at").HasFilter("parked_at IS NULL");
    }
}

/// <summary>Maps <see cref="InboxMessage"/> to table <c>inbox_messages</c>.</summary>
public sealed class InboxMessageConfiguration : IEntityTypeConfiguration<InboxMessage>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<InboxMessage> builder)
    {
        builder.ToTable("inbox_messages");
        builder.HasKey(m => new { m.MessageId, m.Queue }).HasName("pk_inbox_messages");
        builder.Property(m => m.MessageId).HasColumnName("message_id").HasMaxLength(255);
        builder.Property(m => m.Queue).HasColumnName("queue").HasMaxLength(255);
        builder.Property(m => m.ReceivedAt).HasColumnName("received_at");
        builder.HasIndex(m => m.ReceivedAt).HasDatabaseName("ix_inbox_messages_received_at");
    }
}

/// <summary>Adds the outbox and inbox to a DbContext.</summary>
public static class OutboxModel
{
    /// <summary>Adds both tables to the model.</summary>
    public static ModelBuilder AddOutbox(this ModelBuilder model) =>
        model.ApplyConfiguration(new OutboxMessageConfiguration()).ApplyConfiguration(new InboxMessageConfiguration());

    /// <summary>
    /// Adds the batch's rows to the context's unit of work. Read <paramref name="databaseNow"/> from the database after creating the batch:
    /// the batch assumes that its lease ends no earlier than the lease length after its own creation.
    /// </summary>
    public static void AddOutbox(this DbContext context, OutboxBatch batch, DateTime databaseNow)
    {
        foreach (var message in batch.Messages)
        {
            message.CreatedAt = databaseNow;
            message.DueAt = databaseNow + message.DueAfter;
        }

        context.Set<OutboxMessage>().AddRange(batch.Messages);
    }
}
