using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Npgsql;
using OtpPipeline.Core.Database;
using OtpPipeline.Storage.Postgres;
using OtpPipeline.Storage.SqlServer;

namespace OtpPipeline.Migrations;

/// <summary>Creates the context for <c>dotnet ef</c>; the arguments after <c>--</c> choose the database.</summary>
public sealed class OtpDbContextFactory : IDesignTimeDbContextFactory<OtpDbContext>
{
    public OtpDbContext CreateDbContext(string[] args)
    {
        var provider = Argument(args, "--provider") ?? "Postgres";
        var connection = Argument(args, "--connection");
        var options = new DbContextOptionsBuilder<OtpDbContext>();
        switch (provider)
        {
            case "Postgres":
                options.UsePostgresStorage(NpgsqlDataSource.Create(connection ?? "Host=localhost;Database=otp"));
                break;
            case "SqlServer":
                options.UseSqlServerStorage(connection ?? "Server=localhost;Database=otp");
                break;
            default:
                throw new ArgumentException($"--provider is Postgres or SqlServer, not '{provider}'.", nameof(args));
        }

        return new OtpDbContext(options.Options);
    }

    private static string? Argument(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at < 0 ? null : args.ElementAtOrDefault(at + 1) ?? throw new ArgumentException($"{name} wants a value.", nameof(args));
    }
}
