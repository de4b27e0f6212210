using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Deployment;

/// <summary>The files of ./run: nobody else reads them, and no key is printed.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class What_run_leaves
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Is_a_file_of_exported_variables_for_its_owner_only()
    {
        var folder = Servers.NewFolder("run");
        await ScriptAsync(folder, "write_demo_env");

        var file = Path.Combine(folder, ".local", "demo.env");
        File.GetUnixFileMode(file).ShouldBe(OwnerOnly);
        File.ReadAllLines(file).ShouldAllBe(l => Export().IsMatch(l));
        (await Repository.RunAsync("bash", folder, "-uc", ". .local/demo.env; exec env")).ShouldContain("OTP_API_KEY=");
    }

    [Fact]
    public async Task Is_said_without_any_key()
    {
        var folder = Servers.NewFolder("run");

        var said = await ScriptAsync(folder, "print_block");

        said.ShouldContain("$OTP_API_KEY");
        var secrets = File.ReadAllLines(Path.Combine(folder, ".local", "secrets.env"))
            .Where(l => l.Contains("KEY=") || l.Contains("SECRET=")).ToList();
        secrets.Count.ShouldBeGreaterThan(3);
        secrets.ShouldAllBe(s => !said.Contains(s.Split('=', 2)[1], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Is_a_log_for_its_owner_only_also_where_an_older_one_was_open()
    {
        var folder = Servers.NewFolder("run");
        var log = Path.Combine(folder, "step.log");
        await File.WriteAllTextAsync(log, "older");
        File.SetUnixFileMode(log, OwnerOnly | UnixFileMode.OtherRead);

        await Repository.RunAsync("bash", folder, "-euc", $". {Repository.At("scripts", "common.sh")}; step title step.log echo something");

        File.GetUnixFileMode(log).ShouldBe(OwnerOnly);
        (await File.ReadAllTextAsync(log)).ShouldBe("something\n");
    }

    private static Task<string> ScriptAsync(string folder, string command) => Repository.RunAsync(
        "bash",
        folder,
        "-euc",
        $"mkdir -p .local; PROJECT_ROOT=$PWD; . {Repository.At("scripts", "common.sh")}; . {Repository.At("scripts", "hosts.sh")}; "
        + $"POSTGRES_PORT=0 API_URL=http://127.0.0.1:1 AMQP_URL=none; host_settings; {command}");

    [GeneratedRegex("^export [A-Z_]+=[^ ]+$", RegexOptions.NonBacktracking)]
    private static partial Regex Export();
}
