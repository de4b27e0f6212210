using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>Messages that name several OTPs, on the real broker and database; the providers are the test's.</summary>
public abstract class WorkOfManyOtps : IAsyncLifetime
{
    private protected const int Places = 3;

    private protected StubProvider Provider { get; } = new("stub");

    private protected StubProvider Other { get; } = new("other");

    private protected TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected Dictionary<string, string?> Options { get; } = new(StringComparer.Ordinal)
    {
        // Nothing here is published again because it seems lost.
        ["Deliveries:LostAfter"] = "00:05:00",
        ["Deliveries:Channels:sms:Routes:0:Name"] = "fr",
        ["Deliveries:Channels:sms:Routes:0:Countries:0"] = "FR",
        ["Deliveries:Channels:sms:Routes:0:Providers:0"] = "stub",
        ["Deliveries:Channels:sms:Routes:1:Name"] = "default",
        ["Deliveries:Channels:sms:Routes:1:Providers:0"] = "other",
        ["Deliveries:Channels:sms:Concurrency"] = Places.ToString(CultureInfo.InvariantCulture),
        ["Deliveries:Channels:sms:Prefetch"] = Places.ToString(CultureInfo.InvariantCulture),
    };

    private protected TestDatabase Database { get; private set; } = null!;

    private protected Broker Broker { get; private set; } = null!;

    private protected BusHost Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Broker = await Broker.ConnectAsync();
        await Broker.ForgetTopologyAsync();
        Database = await MigratedDatabase.CreateAsync();
        Api = await BusHost.StartAsync(Database, settings: Options);
        await Api.UntilConnectedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Gate.TrySetResult();
        await Api.DisposeAsync();
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<WorkerHost> WorkerAsync(
        StubProvider provider, StubProvider? other = null, int providerPlaces = int.MaxValue, Action<IServiceCollection>? services = null)
    {
        var worker = new WorkerHost(Database, Options, all =>
        {
            provider.AddTo(all, providerPlaces);
            (other ?? Other).AddTo(all);
            services?.Invoke(all);
        });
        await worker.StartAsync();
        return worker;
    }

    /// <summary>OTPs whose own work commands are gone.</summary>
    private protected async Task<List<Guid>> RequestAsync(int count, string prefix = "+336124")
    {
        var owner = new Application { Id = Settings.ApplicationId, Name = "tenant", Settings = new() };
        var intake = Api.Services.GetRequiredService<OtpIntake>();
        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(i => intake.RequestAsync(
            new()
            {
                PhoneNumber = new(string.Create(CultureInfo.InvariantCulture, $"{prefix}{i:00000}")),
                From = new("Tests"),
                Template = new("{{pin}}"),
            },
            new(owner), CancellationToken.None)));
        await Eventually.Until(async () => await Database.CountAsync("outbox_messages") == 0, "their work commands are published");
        await Broker.TakeAllAsync("otp-sms");
        return [.. answers.Select(a => a.Value.Otp.Id)];
    }

    private protected Task PublishAsync(IReadOnlyList<Guid> otps, Func<Guid, string>? route = null)
    {
        var further = otps.Skip(1).Select(o => new FurtherOtp(o, 1, route?.Invoke(o) ?? "fr")).ToList();
        return Api.PublishAsync(new OtpRequested(otps[0], "sms", 1, route?.Invoke(otps[0]) ?? "fr", null, further), "sms");
    }

    private protected Task UntilSentAsync(IReadOnlyCollection<Guid> otps) => Eventually.Until(
        async () => await CountAsync($"status = 'SENT' AND otp_id IN ('{string.Join("','", otps)}')") == otps.Count,
        "all of them are sent");

    /// <summary>Every message is acknowledged: none comes back from a worker that has stopped.</summary>
    private protected async Task NothingIsLeftAsync(WorkerHost worker)
    {
        await worker.DisposeAsync();
        await Eventually.Until(async () => await Broker.ConsumersAsync("otp-sms") == 0, "nobody takes messages");
        (await Broker.CountAsync("otp-sms")).ShouldBe(0u);
    }

    private protected Task<long> CountAsync(string condition) =>
        Database.ScalarAsync<long>($"SELECT count(*) FROM deliveries WHERE {condition}");

    private protected Task SetAsync(string update, Guid otp) => Database.ScalarAsync<object>($"{update} WHERE id = '{otp}'");
}
