using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>
/// One application at 30 % of what the intake can take, alone and then beside another that requests ten times its own limit:
/// milliseconds of the first from its request to the provider's call.
/// </summary>
internal static class Fairness
{
    private const double OfCapacity = 0.3;
    private const double Tenants = 10;
    private const double TimesItsLimit = 10;
    private const double MostTimes = 2;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        var rate = bench.Report.ValueOf(Intake.Name)!.Value * OfCapacity;

        // As ten applications of the same size would have that load: the loud one's limit is a tenth of it.
        var limit = Math.Max(1, (int)(rate / Tenants * 60));
        var loud = await MakeApplicationAsync(pipeline, limit, cancellationToken);
        await Task.Delay(Settle, cancellationToken);

        var alone = await MeasureAsync(bench, pipeline, rate, loud: null, cancellationToken);
        var beside = await MeasureAsync(bench, pipeline, rate, new(loud, limit / 60.0 * TimesItsLimit), cancellationToken);
        bench.Report.Add(new("from request to provider at 30 %, p99", alone.P99, "ms", Note: alone.Note));
        bench.Report.Add(new(
            "the same beside one at ten times its limit, p99", beside.P99, "ms", alone.P99, Goal.RatioAtMost(MostTimes),
            Join(beside.Note, $"the loud one: {beside.Accepted:#,##0} accepted, {beside.Refused:#,##0} refused")));
    }

    private static async Task<Measured> MeasureAsync(
        Bench bench, Pipeline pipeline, double rate, Loud? loud, CancellationToken cancellationToken)
    {
        var begun = new ConcurrentDictionary<int, DateTimeOffset>();
        var sent = new ConcurrentDictionary<int, DateTimeOffset>();
        long accepted = 0, refused = 0;
        int first;
        string? note;
        await using (new MessageWatch(bench, pipeline, message => sent[message.Number] = message.SentAt))
        {
            await using var pacer = new Pacer(rate);
            await using var quiet = await Callers.StartAsync(
                pipeline.Api.Address,
                () =>
                {
                    var request = new IntakeRequest(pipeline.Api.Address, pipeline.Key);
                    return async (wire, stopping) =>
                    {
                        await pacer.TakeAsync(stopping);
                        var bytes = request.Next(out var number);
                        begun[number] = TimeProvider.System.GetUtcNow();
                        return await wire.CallAsync(bytes) == 201;
                    };
                },
                cancellationToken);
            var other = loud is null ? "" : $", another at {loud.PerSecond:#,##0} requests a second";
            Console.WriteLine($"  one application at {rate:#,##0} OTPs a second{other}");
            await Task.Delay(bench.Lengths.WarmUp, cancellationToken);
            first = begun.Keys.Max();
            await using (var noise = loud is null ? null : await NoiseAsync(pipeline, loud, Count, cancellationToken))
            {
                var reached = await Gauge.RateAsync(
                    "30 % load", bench.Lengths with { WarmUp = TimeSpan.Zero }, () => quiet.Succeeded, cancellationToken);
                note = reached < rate * 0.95 ? $"only {reached:#,##0} OTPs a second could be requested" : null;
            }

            note = await quiet.StopAsync() ?? note;
            await pipeline.DrainAsync(cancellationToken);
            await Task.Delay(500, cancellationToken);
        }

        var waits = begun.Where(b => b.Key > first && sent.ContainsKey(b.Key)).Select(b => (sent[b.Key] - b.Value).TotalMilliseconds)
            .Order().ToList();
        var missing = begun.Count(b => b.Key > first) - waits.Count;
        note = missing > 0 ? Join(note, $"{missing:#,##0} messages were not seen") : note;
        return new(waits.Count == 0 ? null : Math.Max(1, waits[(int)(0.99 * (waits.Count - 1))]), accepted, refused, note);

        void Count(bool isAccepted) => Interlocked.Increment(ref (isAccepted ? ref accepted : ref refused));
    }

    /// <summary>Requests at a fixed rate; what is beyond the limit is refused, as it should be.</summary>
    private static async Task<IAsyncDisposable> NoiseAsync(
        Pipeline pipeline, Loud loud, Action<bool> answered, CancellationToken cancellationToken)
    {
        var pacer = new Pacer(loud.PerSecond);
        var callers = await Callers.StartAsync(
            pipeline.Api.Address,
            () =>
            {
                var request = new IntakeRequest(pipeline.Api.Address, loud.Key);
                return async (wire, stopping) =>
                {
                    await pacer.TakeAsync(stopping);
                    var status = await wire.CallAsync(request.Next(out var _));
                    answered(status == 201);
                    return status is 201 or 429;
                };
            },
            cancellationToken);
        return new Noise(callers, pacer);
    }

    private static async Task<string> MakeApplicationAsync(Pipeline pipeline, int requestsPerMinute, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = pipeline.Api.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", pipeline.AdminKey);
        var body = JsonSerializer.Serialize(new { name = "loud", settings = new { limits = new { requestsPerMinute } } });
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("admin/applications", UriKind.Relative), content, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(text).RootElement.GetProperty("apiKey").GetString()!
            : throw new BenchException($"The second application could not be made: {text}");
    }

    private static string? Join(string? first, string second) => first is null ? second : $"{first}; {second}";

    private sealed record Loud(string Key, double PerSecond);

    private sealed record Measured(double? P99, long Accepted, long Refused, string? Note);

    private sealed class Noise(Callers callers, Pacer pacer) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await callers.DisposeAsync();
            await pacer.DisposeAsync();
        }
    }
}
