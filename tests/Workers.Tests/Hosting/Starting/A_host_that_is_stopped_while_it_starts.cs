using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Starting;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Starting;

/// <summary>A database that was too slow for the first look turns out to be unusable while other services still start.</summary>
public sealed class A_host_that_is_stopped_while_it_starts
{
    [Fact]
    public async Task Ends_with_its_exit_code_and_stops_what_has_started()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        var looks = 0;
        Task<string?> Look(CancellationToken cancellationToken) =>
            ++looks == 1 ? throw new OperationCanceledException() : Task.FromResult<string?>("The database is not this one.");
        void Replace(IServiceCollection services) => services.AddSingleton<StoreCheck>(Look).AddHostedService<SlowStart>();
        var arguments = (await Support.Settings.FromAsync(database))
            .Append(new("Urls", "http://127.0.0.1:0")).Append(new("environment", "Development"))
            .Select(s => $"--{s.Key}={s.Value}");

        try
        {
            (await HostRunner.RunAsync(() => Program.Build([.. arguments], Replace))).ShouldBe(1);
        }
        finally
        {
            Environment.ExitCode = 0;
        }

        looks.ShouldBe(2);
        await using var broker = await Broker.ConnectAsync();
        (await broker.AnyConsumesAsync()).ShouldBeFalse("its bus has stopped");
    }

    /// <summary>Starts until the host is told to stop.</summary>
    private sealed class SlowStart : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
