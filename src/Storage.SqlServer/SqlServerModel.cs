using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer;

/// <summary>Adapts the provider-neutral model so that it means the same on SQL Server.</summary>
internal sealed class SqlServerModel(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
{
    // PostgreSQL's microseconds, so that a time means the same in a row, in an answer and in a cursor.
    private const int TimePrecision = 6;

    // datetime2 has no time zone; without this a time read back would count as local.
    private static readonly ValueConverter<DateTime, DateTime> Utc = new(
        written => Values.Cut(written),
        read => DateTime.SpecifyKind(read, DateTimeKind.Utc));

    /// <summary>
    /// Tables that grow with every OTP, and the columns that order them by time. A uniqueidentifier does not sort by time, not even as
    /// UUIDv7: as clustered key it would write each row to another page. Small tables stay clustered by their key.
    /// </summary>
    private static readonly Dictionary<string, string[]> InOrderOfTime = new(StringComparer.Ordinal)
    {
        ["otps"] = ["created_at", "id"],
        ["deliveries"] = ["created_at", "id"],
        ["otp_changes"] = ["occurred_at", "otp_id", "sequence"],
        ["callbacks"] = ["created_at", "id"],
        ["callback_attempts"] = ["started_at", "callback_id", "number"],
        ["dead_letters"] = ["created_at"],
        ["idempotency_keys"] = ["expires_at"],
        ["inbox_messages"] = ["received_at"],
        ["kept_receipts"] = ["received_at"],
        ["sandbox_callbacks"] = ["received_at"],
        ["sandbox_messages"] = ["sent_at"],
    };

    public override void Customize(ModelBuilder modelBuilder, DbContext context)
    {
        base.Customize(modelBuilder, context);
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
            {
                Fit(property);
            }

            if (entity.FindPrimaryKey() is { } key)
            {
                Cluster(entity, key);
            }
        }
    }

    private static void Cluster(IMutableEntityType entity, IMutableKey key)
    {
        if (InOrderOfTime.TryGetValue(entity.GetTableName()!, out var columns))
        {
            var byColumn = entity.GetProperties().ToDictionary(p => p.GetColumnName(), StringComparer.Ordinal);
            var properties = columns.Select(c => byColumn[c]).ToList();
            var index = entity.FindIndex(properties) ?? Unique(entity, properties);
            index.SetIsClustered(true);
            key.SetIsClustered(false);
        }
        else if (key.Properties.Any(property => property.ClrType == typeof(string)))
        {
            // A clustered key may have at most 900 bytes, any other index 1,700.
            key.SetIsClustered(false);
        }
    }

    private static IMutableIndex Unique(IMutableEntityType entity, List<IMutableProperty> properties)
    {
        var index = entity.AddIndex(properties);
        index.IsUnique = true;
        index.SetDatabaseName($"cx_{entity.GetTableName()}");
        return index;
    }

    private static void Fit(IMutableProperty property)
    {
        // A list of values is stored as JSON text.
        if ((property.GetValueConverter()?.ProviderClrType ?? property.ClrType) == typeof(string) || property.IsPrimitiveCollection)
        {
            property.SetCollation(Collation.Exact);
        }

        if (property.ClrType == typeof(DateTime) || property.ClrType == typeof(DateTime?))
        {
            property.SetPrecision(TimePrecision);
            property.SetValueConverter(Utc);

            // CURRENT_TIMESTAMP is local time on SQL Server.
            if (property.GetDefaultValueSql() is not null)
            {
                property.SetDefaultValueSql("SYSUTCDATETIME()");
            }
        }
    }
}
