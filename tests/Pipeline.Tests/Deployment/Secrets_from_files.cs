using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Deployment;

[Collection(nameof(SharedPipeline))]
public sealed class Secrets_from_files(SharedPipeline shared)
{
    [Fact]
    public async Task A_host_starts_with_the_files_of_the_script_and_says_that_it_is_healthy()
    {
        var pipeline = await shared.GetAsync();
        var folder = Servers.NewFolder("secrets");
        await Repository.RunAsync("bash", Repository.Root, Repository.At("scripts", "secrets.sh"), folder);

        // What only this machine knows wins over the files, as any environment variable does.
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Secrets__Directory"] = folder,
            ["ConnectionStrings__Otp"] = pipeline.Database.ConnectionString,
            ["RabbitMq__Uri"] = pipeline.Broker.ToString(),
            ["Applications__0__Name"] = "first",
        };
        await using var host = new HostProcess(Repository.Host("Api"), environment, Path.Combine(pipeline.Logs, "files.log"));
        await host.StartAsync();

        (await HealthAsync(host.Address, pipeline.Logs)).ShouldBe(0);

        (await host.StopAsync()).ShouldBe(0);
        (await HealthAsync(host.Address, pipeline.Logs)).ShouldBe(1);
    }

    [Fact]
    public async Task A_host_does_not_start_with_a_wrong_key_in_a_file_and_names_the_key()
    {
        var pipeline = await shared.GetAsync();
        var folder = Servers.NewFolder("secrets");
        await File.WriteAllTextAsync(Path.Combine(folder, "Otp__PinKeys__0__Id"), "1\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "Otp__PinKeys__0__Key"), "too short\n");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Secrets__Directory"] = folder,
            ["ConnectionStrings__Otp"] = pipeline.Database.ConnectionString,
            ["RabbitMq__Uri"] = pipeline.Broker.ToString(),
        };
        await using var host = new HostProcess(Repository.Host("Workers"), environment, Path.Combine(pipeline.Logs, "wrong-file.log"));

        (await host.RunAsync("--urls=http://127.0.0.1:0")).ShouldBe(1);
        await Eventually.Until(
            () => File.ReadAllText(host.LogFile).Contains("Otp:PinKeys:0:Key must be base64", StringComparison.Ordinal),
            "the log names the key");
    }

    private static async Task<int> HealthAsync(Uri address, string logs)
    {
        await using var probe = new HostProcess(
            Repository.Host("Api"),
            new Dictionary<string, string>(StringComparer.Ordinal) { ["Kestrel__Endpoints__Http__Url"] = address.ToString() },
            Path.Combine(logs, "health.log"));
        return await probe.RunAsync("--health");
    }
}
