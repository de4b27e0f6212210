using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Providers;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.Providers;

/// <summary>Merges what the workers report of their providers with routes and settings.</summary>
internal sealed class ProviderOverview(IDbContextFactory<OtpDbContext> contexts, ProviderChoice routes, TimeProvider time)
{
    private const int MaxErrors = 5;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);
    private static readonly string[] Worst = ["open", "half_open", "closed"];

    public async Task<IReadOnlyList<ProviderAnswer>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var settings = await context.Set<ProviderSetting>().AsNoTracking()
            .ToDictionaryAsync(s => s.Provider, StringComparer.Ordinal, cancellationToken);
        var reports = await context.Set<ProviderReport>().AsNoTracking().ToListAsync(cancellationToken);

        // By the newest report, not by this host's clock, which may be wrong.
        var newest = reports.Count == 0 ? time.GetUtcNow().UtcDateTime : reports.Max(r => r.ReportedAt);
        var readings = reports.Where(r => r.ReportedAt > newest - Fresh)
            .ToLookup(
                r => r.Provider, r => JsonSerializer.Deserialize(r.Reading, ProviderJson.Default.ProviderReading)!, StringComparer.Ordinal);
        var led = Channels.All.SelectMany(c => routes.All(c).SelectMany(
                r => r.Providers.Select(p => (Provider: p, Route: new ProviderRouteAnswer(c.Text(), r.Name)))))
            .ToLookup(r => r.Provider, r => r.Route, StringComparer.Ordinal);
        var all = readings.SelectMany(r => r).Sum(Messages);
        return
        [
            .. readings.Select(r => r.Key).Union(led.Select(l => l.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(name => Merge(name, [.. readings[name]], [.. led[name]], settings.GetValueOrDefault(name), all)),
        ];
    }

    public async Task<ProviderAnswer?> FindAsync(string name, CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.Ordinal));

    private static int Messages(ProviderReading reading) => reading.LastMinute.Values.Sum();

    private static ProviderAnswer Merge(
        string name, IReadOnlyList<ProviderReading> readings, IReadOnlyList<ProviderRouteAnswer> led, ProviderSetting? setting,
        int all) => new()
    {
        Name = name,
        Paused = setting?.Paused ?? false,
        Weight = setting?.Weight,
        Routes = led,
        Processes = readings.Count,
        Share = all == 0 ? null : Math.Round((double)readings.Sum(Messages) / all, 3),
        LastMinute = readings.SelectMany(r => r.LastMinute).GroupBy(c => c.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(c => c.Value), StringComparer.Ordinal),
        Running = readings.Sum(r => r.Running),
        Concurrency = readings.Any(r => r.Concurrency is null) || readings.Count == 0 ? null : readings.Sum(r => r.Concurrency),
        MessagesPerSecond = readings.Min(r => r.MessagesPerSecond),
        Breaker = Array.Find(Worst, b => readings.Any(r => string.Equals(r.Breaker, b, StringComparison.Ordinal))) ?? "closed",
        UnusableFor = readings.Count == 0 ? 0 : readings.Min(r => r.UnusableFor),
        LastErrors =
        [
            .. readings.SelectMany(r => r.LastErrors).OrderByDescending(e => e.At).Take(MaxErrors)
                .Select(e => new ProviderErrorAnswer(e.At, e.Outcome, e.Reason)),
        ],
    };
}
