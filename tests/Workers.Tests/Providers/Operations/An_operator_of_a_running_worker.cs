using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Deliveries.Providers;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Workers.Providers.Reservations;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Providers.Operations;

/// <summary>Through the rows that POST and PUT /admin/providers write; the worker reads them every two seconds.</summary>
public sealed class An_operator_of_a_running_worker : IAsyncLifetime
{
    private readonly Dictionary<string, HttpReceiver> _gateways = new(StringComparer.Ordinal);
    private TestDatabase _database = null!;
    private WorkerHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        await using var broker = await Broker.ConnectAsync();
        await broker.ForgetTopologyAsync();
        _database = await MigratedDatabase.CreateAsync();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Deliveries:Channels:sms:Routes:0:Name"] = "all",
            ["Deliveries:Channels:sms:Routes:0:Weights:first"] = "1000",
            ["Deliveries:Channels:sms:Routes:0:Weights:second"] = "0",
            ["Deliveries:Channels:whatsapp:Provider"] = "tested",
        };
        foreach (var name in new[] { "first", "second", "tested" })
        {
            _gateways[name] = await HttpReceiver.StartAsync();
            settings[$"Providers:{name}:Type"] = "http";
            settings[$"Providers:{name}:Url"] = _gateways[name].Url;
            settings[$"Providers:{name}:Body:Format"] = "json";
            settings[$"Providers:{name}:Body:Template"] = """{"to":"{{recipient}}","text":"{{text}}"}""";
        }

        _host = new(_database, settings);
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        foreach (var gateway in _gateways.Values)
        {
            await gateway.DisposeAsync();
        }

        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Pauses_a_provider_and_gives_another_one_its_share()
    {
        (await ArrivesAtAsync()).ShouldBe("first");

        await Store.PauseAsync("first", paused: true, CancellationToken.None);
        await UntilAsync("first", s => s.IsPaused);
        (await ArrivesAtAsync()).ShouldBe("second");

        await Store.WeighAsync("first", 0, CancellationToken.None);
        await Store.WeighAsync("second", 1, CancellationToken.None);
        await Store.PauseAsync("first", paused: false, CancellationToken.None);
        await UntilAsync("first", s => s is { IsPaused: false, Weight: 0 });
        (await ArrivesAtAsync()).ShouldBe("second");

        await Store.WeighAsync("first", null, CancellationToken.None);
        await Store.WeighAsync("second", null, CancellationToken.None);
        await UntilAsync("second", s => s.Weight is null);
        (await ArrivesAtAsync()).ShouldBe("first");
    }

    [Fact]
    public async Task Tries_out_a_provider_although_it_is_paused_and_ends_its_rest()
    {
        await Store.PauseAsync("tested", paused: true, CancellationToken.None);
        var accepted = await TestAsync("+33612246499");
        _gateways["tested"].Says(401);
        var failed = await TestAsync("+33612246498");

        (accepted.Outcome, accepted.Reason).ShouldBe(("accepted", null));
        (failed.Outcome, failed.Reason).ShouldBe(("failed", "authentication_failed"));
        _gateways["tested"].All.Select(r => r.Body).ShouldBe(
            ["""{"to":"+33612246499","text":"Test message: 000000"}""", """{"to":"+33612246498","text":"Test message: 000000"}"""]);
        (await _database.CountAsync("otps")).ShouldBe(0);
        await StartsTheNextStepAsync();
        await EndsTheRestAsync();
    }

    /// <summary>The provider of the first step rests for longer than the OTPs live: the second OTP is not sent to it any more.</summary>
    private async Task StartsTheNextStepAsync()
    {
        await Store.PauseAsync("tested", paused: false, CancellationToken.None);
        await UntilAsync("tested", s => !s.IsPaused);
        _gateways["tested"].Says(429, "", ("Retry-After", "300"));
        for (var i = 0; i < 2; i++)
        {
            var recipient = Recipients.Next();
            await _host.RequestAsync(new OtpRequest
            {
                Channels = [new() { Channel = new("whatsapp") }, new() { Channel = new("sms") }],
                PhoneNumber = new(recipient), From = new("Tests"), Template = new("Your PIN is {{pin}}"), Ttl = new("180"),
            });
            await Eventually.Until(
                () => _gateways["first"].All.Any(r => r.Body.Contains(recipient, StringComparison.Ordinal)), "the second step is sent");
        }

        _gateways["tested"].All.Count.ShouldBe(3, "two tests and the first OTP");
    }

    private async Task EndsTheRestAsync()
    {
        await UntilAsync("tested", s => !s.IsUsable);
        await Store.PauseAsync("tested", paused: false, CancellationToken.None);
        await UntilAsync("tested", s => s.IsUsable);

        await TestAsync("+33612246497");
        await UntilAsync("tested", s => !s.IsUsable);
        _gateways["tested"].Says(200);
        await TestAsync("+33612246496");
        await UntilAsync("tested", s => s.IsUsable);
    }

    private IProviderStore Store => _host.Services.GetRequiredService<IProviderStore>();

    private Task UntilAsync(string provider, Func<ProviderState, bool> condition) => Eventually.Until(
        () => condition(_host.Services.GetRequiredService<ProviderReservations>().States[provider]), $"the worker knows of {provider}");

    private async Task<string> ArrivesAtAsync()
    {
        var recipient = Recipients.Next();
        await _host.RequestAsync(Channel.Sms, recipient);
        return await Eventually.Get(
            () => Task.FromResult<string?>(_gateways.FirstOrDefault(
                g => g.Value.All.Any(r => r.Body.Contains(recipient, StringComparison.Ordinal))).Key),
            $"a message arrives for {recipient}");
    }

    private async Task<ProviderTestResult> TestAsync(string recipient)
    {
        var id = Guid.CreateVersion7();
        var message = _host.Services.GetRequiredService<OtpSecrets>().EncryptProviderTest(id, new("sms", recipient, "FR", "Tests"));
        await Store.RequestTestAsync(id, "tested", message, CancellationToken.None);
        var result = await Eventually.Get(
            () => _database.ScalarAsync<string>($"SELECT result FROM provider_tests WHERE id = '{id}'"), "the worker answered");
        return JsonSerializer.Deserialize(result, ProviderJson.Default.ProviderTestResult)!;
    }
}
