using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Postgres.Outbox;

/// <summary>Lets the outbox and the inbox use PostgreSQL.</summary>
public static class PostgresOutboxRegistration
{
    /// <summary>Needs an <see cref="Npgsql.NpgsqlDataSource"/> among the services.</summary>
    public static IServiceCollection AddPostgresOutbox(this IServiceCollection services)
    {
        services.TryAddSingleton<IOutboxStore, PostgresOutbox>();
        services.TryAddSingleton<IInbox, PostgresInbox>();
        return services;
    }
}
