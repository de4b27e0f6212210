using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Api.Tests.Receipts;

/// <summary>
/// Every receipt ten times in any order at two processes, while a third writes the outcomes, with forged ones among them.
/// </summary>
public sealed class Receipts_by_the_thousand : IClassFixture<Gateway>
{
    private const int Times = 10;
    private const int Callers = 48;
    private static readonly int Receipts = IsLong ? 10_000 : 300;

    private readonly ApiHost _host;
    private readonly Gateway _gateway;

    public Receipts_by_the_thousand(ApiHost host, Gateway gateway)
    {
        Servers.SkipWithout();
        (_host, _gateway) = (host, gateway);
    }

    [Fact]
    public async Task Make_one_change_each_and_none_is_lost()
    {
        var logs = Servers.NewFolder("receipts");
        await using var first = ReadersInAProcess.Create(_host, Path.Combine(logs, "first.log"));
        await using var second = ReadersInAProcess.Create(_host, Path.Combine(logs, "second.log"));
        await Task.WhenAll(first.StartAsync(), second.StartAsync());
        using var toFirst = new HttpClient { BaseAddress = first.Address };
        using var toSecond = new HttpClient { BaseAddress = second.Address };
        HttpClient[] providers = [toFirst, toSecond];
        var sent = await RequestAsync();
        var answers = new ConcurrentBag<(bool Forged, HttpStatusCode Status)>();

        // A third of the outcomes is there before the first receipt, the others are written among them.
        var outcomes = sent.Select(m => (Func<Task>)(() => RecordOutcomeAsync(m))).ToArray();
        await RunAsync(outcomes[..(Receipts / 3)]);
        List<Func<Task>> calls = [.. outcomes[(Receipts / 3)..]];
        foreach (var (i, message) in sent.Index())
        {
            calls.AddRange(Enumerable.Range(0, Times).Select(n => (Func<Task>)(async () =>
                answers.Add((false, (await SendAsync(providers[n % 2], message, forged: false)).Status)))));
            if (i % 10 == 0)
            {
                calls.Add(async () => answers.Add((true, (await SendAsync(providers[i / 10 % 2], message, forged: true)).Status)));
            }
        }

        Random.Shared.Shuffle(CollectionsMarshal.AsSpan(calls));
        await RunAsync(calls);

        answers.Where(a => !a.Forged).Select(a => a.Status).Distinct().ShouldBe([HttpStatusCode.OK]);
        answers.Where(a => a.Forged).Select(a => a.Status).Distinct().ShouldBe([HttpStatusCode.NotFound]);
        answers.Count.ShouldBe(Receipts * Times + Receipts / 10);
        await ShouldHaveOneChangeEachAsync(sent);
        (await _host.QueryAsync(db => db.Set<KeptReceipt>().CountAsync(r => r.ProviderMessageId.StartsWith(sent[0].Run)))).ShouldBe(0);
    }

    private static bool IsLong => Environment.GetEnvironmentVariable("OTP_TEST_LONG") is { Length: > 0 };

    private async Task<Message[]> RequestAsync()
    {
        var run = Guid.CreateVersion7().ToString("N");
        var ids = new Guid[Receipts];
        var application = await _host.Admin().WithApplicationAsync(new { limits = new { requestsPerMinute = 1_000_000 } });
        await _host.RefreshAsync();
        var client = _host.Client(application.Tenant);
        await RunAsync(
        [
            .. Enumerable.Range(0, Receipts).Select(i => (Func<Task>)(async () => ids[i] = await client.WithRequestedOtpAsync())),
        ]);
        await _host.QueryAsync(db => db.Deliveries.Where(d => ids.Contains(d.OtpId)).ExecuteUpdateAsync(set => set
            .SetProperty(d => d.Status, DeliveryStatus.Sending).SetProperty(d => d.Provider, SignedReader.Name)
            .SetProperty(d => d.LeaseId, d => d.OtpId).SetProperty(d => d.LeaseUntil, DateTime.UtcNow.AddHours(1))));
        var deliveries = await _host.QueryAsync(
            db => db.Deliveries.Where(d => ids.Contains(d.OtpId)).ToDictionaryAsync(d => d.OtpId, d => d.Id));
        return [.. ids.Select((id, i) => new Message(id, deliveries[id], run, $"{run}-{i}", (ReceiptStatus)(1 + i % 3), i / 3 % 2 == 0))];
    }

    private async Task RecordOutcomeAsync(Message message)
    {
        var outcomes = _gateway.Server.Services.GetRequiredService<DeliveryOutcomes>();
        (await outcomes.RecordAsync(
            new(message.OtpId, Guid.Empty, message.DeliveryId, message.OtpId, new SendOutcome.Accepted(message.Id))
            {
                ReceiptsFrom = SignedReader.Name,
            },
            CancellationToken.None)).ShouldBeTrue();
    }

    /// <summary>A forged one says that the message was read, with a wrong signature.</summary>
    private static Task<Answer> SendAsync(HttpClient provider, Message message, bool forged)
    {
        SignedReader.Row row = new(
            forged ? "read" : message.Status.ToString(), message.ByToken && !forged ? null : message.Id, Reason: "absent");
        return Gateway.SendRawAsync(
            provider, message.ByToken ? "/r/" + Gateway.TokenOf(message.OtpId) : "/r/providers/gateway",
            JsonSerializer.Serialize<SignedReader.Row[]>([row], JsonSerializerOptions.Web), signed: !forged);
    }

    private async Task ShouldHaveOneChangeEachAsync(Message[] sent)
    {
        var ids = sent.Select(m => m.OtpId).ToArray();
        var deliveries = await _host.QueryAsync(
            db => db.Deliveries.AsNoTracking().Where(d => ids.Contains(d.OtpId)).ToDictionaryAsync(d => d.OtpId));
        var changes = (await _host.QueryAsync(
            db => db.Changes.AsNoTracking().Where(c => ids.Contains(c.OtpId)).OrderBy(c => c.Sequence).ToListAsync()))
            .ToLookup(c => c.OtpId);
        foreach (var message in sent)
        {
            var words = changes[message.OtpId].Select(c => c.Status).ToArray();
            var last = message.Status.ToString().ToUpperInvariant();

            // Without SENT where the receipt came before the outcome; by its message id it cannot.
            var expected = message.ByToken && words.Length == 2 ? new[] { "PENDING", last } : ["PENDING", "SENT", last];
            words.ShouldBe(expected, message.ToString());
            changes[message.OtpId].Select(c => c.Sequence).ShouldBe(Enumerable.Range(1, words.Length).Select(i => (long)i));
            deliveries[message.OtpId].Status.ToString().ShouldBe(message.Status.ToString());
            deliveries[message.OtpId].ProviderMessageId.ShouldBe(message.Id);
        }
    }

    private static Task RunAsync(IReadOnlyCollection<Func<Task>> calls) => Parallel.ForEachAsync(
        calls, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (call, _) => await call());

    private sealed record Message(Guid OtpId, Guid DeliveryId, string Run, string Id, ReceiptStatus Status, bool ByToken);
}
