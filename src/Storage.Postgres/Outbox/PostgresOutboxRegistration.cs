using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Postgres.Outbox;

/// <summary>Registers the outbox and the inbox on PostgreSQL.</summary>
public static class PostgresOutboxRegistration
{
    /// <summary>Needs a registered <see cref="Npgsql.NpgsqlDataSource"/>.</summary>
    public static IServiceCollection AddPostgresOutbox(this IServiceCollection services)
    {
        services.TryAddSingleton<IOutboxStore, PostgresOutbox>();
        services.TryAddSingleton<IInbox, PostgresInbox>();
        return services;
    }
}
