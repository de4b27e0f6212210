using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace OtpPipeline.Storage.SqlServer;

/// <summary>Adapts the provider-neutral model so that it means the same on SQL Server.</summary>
internal sealed class SqlServerModel(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
{
    // By default most servers compare case-insensitively: message ids "a" and "A" would be equal.
    private const string Exact = "Latin1_General_100_BIN2";

    // datetime2 has no time zone; without this a time read back would count as local.
    private static readonly ValueConverter<DateTime, DateTime> Utc = new(
        written => written,
        read => DateTime.SpecifyKind(read, DateTimeKind.Utc));

    public override void Customize(ModelBuilder modelBuilder, DbContext context)
    {
        base.Customize(modelBuilder, context);
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
            {
                Fit(property);
            }

            // A clustered key may have at most 900 bytes, any other index 1,700.
            if (entity.FindPrimaryKey() is { } key && key.Properties.Any(property => property.ClrType == typeof(string)))
            {
                key.SetIsClustered(false);
            }
        }
    }

    private static void Fit(IMutableProperty property)
    {
        // A list of values is stored as JSON text.
        if ((property.GetValueConverter()?.ProviderClrType ?? property.ClrType) == typeof(string) || property.IsPrimitiveCollection)
        {
            property.SetCollation(Exact);
        }

        if (property.ClrType == typeof(DateTime) || property.ClrType == typeof(DateTime?))
        {
            property.SetValueConverter(Utc);

            // CURRENT_TIMESTAMP is local time on SQL Server.
            if (property.GetDefaultValueSql() is not null)
            {
                property.SetDefaultValueSql("SYSUTCDATETIME()");
            }
        }
    }
}
