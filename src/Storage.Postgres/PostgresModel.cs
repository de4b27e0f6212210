using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Storage.Postgres;

/// <summary>Adds to the provider-neutral model what only PostgreSQL has.</summary>
internal sealed class PostgresModel(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
{
    // Per cent of a page that inserts fill. The rest takes the next version of a row, so that an update adds no index entry.
    private const int OtpFill = 75;

    public override void Customize(ModelBuilder modelBuilder, DbContext context)
    {
        base.Customize(modelBuilder, context);
        modelBuilder.Entity<Otp>().HasStorageParameter("fillfactor", OtpFill);
    }
}
