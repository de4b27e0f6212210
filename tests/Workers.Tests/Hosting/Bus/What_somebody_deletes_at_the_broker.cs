using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Bus.Connection;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Bus;

/// <summary>
/// MassTransit declares a missing exchange before it sends again, often before a check of ours: the bindings of subscribers are gone all
/// the same, and health has to say so.
/// </summary>
public sealed class What_somebody_deletes_at_the_broker : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Broker _broker = null!;
    private WorkerHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await Broker.ConnectAsync();
        _database = await MigratedDatabase.CreateAsync();
        _host = new WorkerHost(_database, new() { ["RabbitMq:CheckInterval"] = "00:01:00" });
        await _host.StartAsync();
        await Eventually.Until(async () => await _broker.ConsumersAsync("otp-sms") > 0, "the worker takes messages");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Shows_in_health_when_a_message_finds_no_exchange()
    {
        await SentAsync("+33612345678");
        await _broker.DeleteExchangeAsync(OtpBusTopology.OtpRequestedExchange);

        await SentAsync("+33612345679");

        await ShowsAsync($"no exchange '{OtpBusTopology.OtpRequestedExchange}'");
    }

    private async Task SentAsync(string phoneNumber)
    {
        var otp = await _host.RequestAsync(Channel.Sms, phoneNumber);
        await _host.SettledAsync(otp, o => o.Deliveries.Any(d => d.Status == DeliveryStatus.Sent), "it is sent");
    }

    private Task ShowsAsync(string sentence)
    {
        var problems = _host.Services.GetRequiredService<BrokerProblems>();
        return Eventually.Until(
            () => Task.FromResult(problems.Current.Any(p => p.Contains(sentence, StringComparison.Ordinal))), $"health says: {sentence}");
    }
}
