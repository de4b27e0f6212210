using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting;
using OtpPipeline.Outbox;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage;

/// <summary>Storage:Provider chooses all of them.</summary>
public sealed class The_stores_of_a_host
{
    private const string Postgres = "Host=nowhere.invalid;Username=otp;Database=otp";
    private const string SqlServer = "Server=nowhere.invalid;User Id=otp;Database=otp";

    [Theory]
    [InlineData("Postgres", Postgres, "Npgsql.EntityFrameworkCore.PostgreSQL", "OtpPipeline.Storage.Postgres")]
    [InlineData("SqlServer", SqlServer, "Microsoft.EntityFrameworkCore.SqlServer", "OtpPipeline.Storage.SqlServer")]
    [InlineData("SQLSERVER", SqlServer, "Microsoft.EntityFrameworkCore.SqlServer", "OtpPipeline.Storage.SqlServer")]
    public void Are_those_of_its_database(string provider, string connection, string library, string project)
    {
        using var host = Builder(provider, connection).Services.BuildServiceProvider();
        using var context = host.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContext();

        context.Database.ProviderName.ShouldBe(library);
        Stores(provider, connection).Select(s => s.ImplementationType).OfType<Type>().Select(t => t.Assembly.GetName().Name).Distinct()
            .ShouldBe([project]);
    }

    [Fact]
    public void Are_the_same_on_both_databases()
    {
        var stores = Stores("SqlServer", SqlServer).Select(s => s.ServiceType.Name).Order(StringComparer.Ordinal).ToList();

        stores.Count.ShouldBeGreaterThan(10);
        stores.ShouldBe(Stores("Postgres", Postgres).Select(s => s.ServiceType.Name).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<ServiceDescriptor> Stores(string provider, string connection) =>
        Builder(provider, connection).Services.Where(
            s => s.ServiceType.Assembly == typeof(StoreCheck).Assembly || s.ServiceType.Assembly == typeof(IOutboxStore).Assembly);

    private static HostApplicationBuilder Builder(string provider, string connection)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration["Storage:Provider"] = provider;
        builder.Configuration["ConnectionStrings:Otp"] = connection;
        builder.AddOtpStorage();
        return builder;
    }
}
