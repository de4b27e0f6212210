using System.Security.Cryptography;
using OtpPipeline.Pipeline.Tests.Harness;
using OtpPipeline.Pipeline.Tests.Promises;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

/// <summary>Two Apis and two Workers on the server that OTP_TEST_SQLSERVER names, as a caller sees them.</summary>
/// <remarks>The other tests of the pipeline look into their database, in PostgreSQL's words.</remarks>
public sealed class Hosts_on_SQL_Server : IAsyncLifetime
{
    private const int Otps = 40;
    private const int Guesses = 8;

    private readonly List<HostProcess> _hosts = [];
    private readonly string _key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
    private string _connection = "";
    private Uri? _broker;
    private Events _events = null!;

    public Hosts_on_SQL_Server() => SqlServers.SkipWithout();

    public async ValueTask InitializeAsync()
    {
        _connection = SqlServers.NewDatabase();
        _broker = await VirtualHosts.TakeAsync();
        _events = await Events.SubscribeAsync(_broker);
        var logs = Servers.NewFolder("logs");
        var settings = HostSettings.From(new() { Settings = Storage() }, "sqlserver", "", _broker, Guid.NewGuid(), _key);
        await using var migration = new HostProcess(Repository.Host("Api"), settings, Path.Combine(logs, "migrate.log"));
        (await migration.RunAsync("--migrate")).ShouldBe(0);
        foreach (var host in (string[])["Api", "Workers", "Api", "Workers"])
        {
            _hosts.Add(new(Repository.Host(host), settings, Path.Combine(logs, $"{host}-{_hosts.Count}.log")));
        }

        await Task.WhenAll(_hosts.Select(h => h.StartAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_hosts.Select(h => h.DisposeAsync().AsTask()));
        if (_events is not null)
        {
            await _events.DisposeAsync();
        }

        if (_broker is not null)
        {
            await VirtualHosts.LeaveAsync(_broker);
            await SqlServers.DropAsync(_connection);
        }
    }

    [Fact]
    public async Task Take_deliver_verify_cancel_and_expire_OTPs()
    {
        using var client = new Client(_key, () => [_hosts[0].Address, _hosts[2].Address]);
        var sandbox = new Sandbox(client);
        var recipients = Enumerable.Range(0, Otps).Select(_ => Recipients.Next()).ToArray();

        // Each is requested twice at once, under one key.
        var made = await Load.AtOnceAsync(2 * Otps, i => client.RequestAsync(
            new { phoneNumber = recipients[i % Otps], ttl = i % Otps == 0 ? 60 : 300, maxAttempts = Guesses }, recipients[i % Otps]));
        made.ShouldAllBe(a => a.Status == 201);
        made[..Otps].Select(a => a.OtpId).ShouldBe(made[Otps..].Select(a => a.OtpId));
        var pins = await Load.RunAsync(Otps, 16, i => sandbox.PinAsync(recipients[i]));
        (await client.CancelAsync(made[1].OtpId)).Status.ShouldBe(200);

        // The last ten OTPs are guessed wrongly; the others but two get the right PIN many times at once.
        var answers = await Load.AtOnceAsync((Otps - 2) * Guesses, i => client.VerifyAsync(
            made[Otp(i)].OtpId, Otp(i) < Otps - 10 ? pins[Otp(i)] : Each_channel_from_end_to_end.Wrong(pins[Otp(i)])));

        answers.Count(a => a.Status == 200).ShouldBe(Otps - 12);
        var ends = await Eventually.Get(
            async () => await StatusesAsync(client, made) is var s && !s.Contains("PENDING") ? s : null, "every OTP has ended",
            TimeSpan.FromMinutes(2));
        ends[0].ShouldBe("EXPIRED");
        ends[1].ShouldBe("CANCELLED");
        ends[2..(Otps - 10)].ShouldAllBe(s => s == "VERIFIED");
        ends[(Otps - 10)..].ShouldAllBe(s => s == "FAILED");
        await Eventually.Until(
            () => Task.FromResult(made[..Otps].All(a => _events.ForOtp(a.OtpId).Exists(e => e.IsStatus))), "each end is an event");
        (await Task.WhenAll(recipients.Select(sandbox.MessagesAsync))).ShouldAllBe(m => m.Length == 1);

        static int Otp(int guess) => 2 + (guess % (Otps - 2));
    }

    private static async Task<string[]> StatusesAsync(Client client, HostAnswer[] made) =>
        [.. (await Task.WhenAll(made[..Otps].Select(a => client.GetAsync(a.OtpId)))).Select(a => a.OtpStatus)];

    private Dictionary<string, string> Storage() => new(StringComparer.Ordinal)
    {
        ["Storage:Provider"] = "SqlServer",
        ["ConnectionStrings:Otp"] = _connection,
    };
}
