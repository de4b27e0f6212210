using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Storage.Postgres;

/// <summary>Adds to the provider-neutral model what only PostgreSQL has.</summary>
internal sealed class PostgresModel(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
{
    // Per cent of a page that inserts fill. A batch writes the next version of each row of a page at once, so the rest takes as many.
    private const int OtpFill = 50;

    public override void Customize(ModelBuilder modelBuilder, DbContext context)
    {
        base.Customize(modelBuilder, context);
        modelBuilder.Entity<Otp>().HasStorageParameter("fillfactor", OtpFill);
    }
}
