using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Deployment;

/// <summary>./run --database sqlserver --connection TEXT</summary>
public sealed class Asking_run_for_SQL_Server
{
    private const string Connection = "Server=db.example;User Id=otp;Password=a b;Database=otp";

    private static readonly Dictionary<string, string?> NothingSet = new(StringComparer.Ordinal)
    {
        ["OTP_DATABASE"] = null,
        ["OTP_CONNECTION"] = null,
    };

    [Theory]
    [InlineData("--database is postgres or sqlserver.", "--database", "oracle", "--connection", Connection)]
    [InlineData("--database sqlserver needs --connection with the connection string of your server.", "--database", "sqlserver")]
    [InlineData("--connection goes with --database sqlserver; PostgreSQL is started by ./run itself.", "--connection", Connection)]
    [InlineData("--connection needs a value; see ./run --help.", "--database", "sqlserver", "--connection")]
    [InlineData(
        "--services starts PostgreSQL; it does not go with --database sqlserver.",
        "--services", "--database", "sqlserver", "--connection", Connection)]
    public async Task In_a_wrong_way_ends_with_one_sentence_and_starts_nothing(string sentence, params string[] arguments)
    {
        var ending = await Programs.RunAsync("bash", [Repository.At("run"), .. arguments], Repository.Root, NothingSet);

        (ending.ExitCode, ending.Output, ending.Errors).ShouldBe((2, "", sentence + "\n"));
    }

    [Theory]
    [InlineData("", "Storage__Provider=postgres", "ConnectionStrings__Otp=Host=127.0.0.1;Port=7;Username=otp;Database=otp")]
    [InlineData($"DATABASE=sqlserver CONNECTION='{Connection}'; ", "Storage__Provider=sqlserver", $"ConnectionStrings__Otp={Connection}")]
    public async Task Gives_the_hosts_that_database(string asked, string provider, string connection)
    {
        var folder = Servers.NewFolder("run");

        var settings = await Repository.RunAsync(
            "bash", folder, "-euc",
            $"mkdir -p .local; PROJECT_ROOT=$PWD; . {Repository.At("scripts", "common.sh")}; . {Repository.At("scripts", "hosts.sh")}; "
            + $"POSTGRES_PORT=7 AMQP_URL=none; {asked}host_settings; printf '%s\\n' \"${{SETTINGS[@]}}\"");

        settings.Split('\n').ShouldContain(provider);
        settings.Split('\n').ShouldContain(connection);
    }
}
