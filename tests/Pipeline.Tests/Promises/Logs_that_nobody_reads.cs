using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

public sealed class Logs_that_nobody_reads
{
    private const int Otps = 200;

    [Fact]
    public async Task Stop_neither_deliveries_nor_health_nor_the_end_of_a_host()
    {
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            UnreadLogs = true,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Serilog:MinimumLevel:Default"] = "Verbose",
                ["Serilog:MinimumLevel:Override:MassTransit"] = "Verbose",
                ["Serilog:MinimumLevel:Override:Quartz"] = "Verbose",
            },
        });

        // Far more than a pipe holds, from each host.
        var otps = await pipeline.WithRequestedOtpsAsync(Otps);
        foreach (var (otp, _) in otps)
        {
            await pipeline.UntilDeliveryAsync(otp, "SENT");
        }

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        foreach (var host in pipeline.Apis.Concat(pipeline.Workers))
        {
            (await http.GetStringAsync(new Uri(host.Address, "health/live"), TestContext.Current.CancellationToken)).ShouldNotBeEmpty();
            (await host.StopAsync()).ShouldBe(0);
        }
    }
}
