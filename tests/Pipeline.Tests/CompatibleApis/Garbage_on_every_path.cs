using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using OtpPipeline.Pipeline.Tests.CompatibleApis;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.CompatibleApis;

/// <summary>
/// Requests that no client sends, byte by byte to a real process, on every path that a description names. What Kestrel refuses before the
/// application sees it (a request line, a header, a length or a host that is none, headers that are too large) has no body: it writes those
/// answers itself and gives nobody a place to word them. They are recognised by the missing X-Request-Id, counted apart, and their statuses
/// are held to a list.
/// </summary>
public sealed partial class Garbage_on_every_path
{
    private const int Seed = 20261125;
    private const string AdminKey = "admin-key-of-the-garbage-test";
    private const string Secret = "secret-of-the-garbage-test";
    private static readonly int[] OfKestrel = [0, 400, 405, 408, 413, 414, 431];

    [Fact]
    public async Task Is_refused_in_the_shape_of_its_path_and_leaves_nothing()
    {
        var count = Load.Scale(3_000, 50_000);
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            Workers = 0,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Admin:Key"] = AdminKey,
                ["Applications:0:Secret"] = Secret,
                ["Api:AnonymousRequestsPerMinute"] = "10000000",
                ["Api:AdminRequestsPerMinute"] = "10000000",
            },
        });
        var api = pipeline.Apis[0];
        var targets = await Target.ReadAllAsync(pipeline.Client, api.Address, AdminKey);
        var basic = BasicHeader.From($"{pipeline.ApplicationId}:{Secret}");
        var generator = new Generator(Seed, targets, t => Shapes.From(t, pipeline.Key, AdminKey, basic));
        var requests = Enumerable.Range(0, count).Select(_ => generator.Next()).GetEnumerator();
        var (statuses, problems) = (new ConcurrentDictionary<string, int>(StringComparer.Ordinal), new ConcurrentQueue<string>());

        await Load.RunAsync(count, 8, async _ =>
        {
            GarbageRequest request;
            lock (requests)
            {
                requests.MoveNext();
                request = requests.Current;
            }

            var answer = await RawExchange.SendAsync(api.Address, request.Bytes);
            statuses.AddOrUpdate($"{answer.Status}{(answer.IsOfTheApplication ? "" : " of Kestrel")}", 1, (_, n) => n + 1);
            if (Validate(request, answer) is { } problem)
            {
                problems.Enqueue($"{problem}: {Shortened(request.Description)} -> {answer.Status} {Shortened(answer.Body)}");
            }

            return answer.Status;
        });

        Figures.Print(
            $"{count} garbage requests on {targets.Count} operations over raw connections (seed {Seed})",
            string.Join(", ", statuses.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Value} x {s.Key}")));
        problems.Take(20).ShouldBeEmpty($"{problems.Count} of {count}");
        api.IsRunning.ShouldBeTrue();
        (await pipeline.Client.GetAsync(Guid.NewGuid())).Code.ShouldBe(2021);
        (await pipeline.Database.CountAsync("otps")).ShouldBe(0);
        (await File.ReadAllLinesAsync(api.LogFile, TestContext.Current.CancellationToken)).Where(l => AboveWarning().IsMatch(l))
            .ShouldBeEmpty();

        // Every compatible API had its share, and most of it went past the server.
        targets.Select(t => t.CompatibleApi).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(Shapes.FromErrors.Keys.Order(StringComparer.Ordinal));
        statuses.Where(s => !s.Key.EndsWith("of Kestrel", StringComparison.Ordinal)).Sum(s => s.Value).ShouldBeGreaterThan(count / 2);
    }

    private static string? Validate(GarbageRequest request, RawAnswer answer)
    {
        if (answer.Status >= 500)
        {
            return "failed";
        }

        if (answer.Head.Contains("X-Injected", StringComparison.OrdinalIgnoreCase))
        {
            return "a header was injected";
        }

        if (!answer.IsOfTheApplication)
        {
            return OfKestrel.Contains(answer.Status) ? null : "not an error of Kestrel";
        }

        if (request.Method is "HEAD")
        {
            return answer.Body.Length == 0 ? null : "HEAD with a body";
        }

        if (answer.Status >= 400)
        {
            return answer.Body.Length == 0 ? "an empty body"
                : request.Target is { } target ? Shapes.FromErrors[target.CompatibleApi](
                    answer) ? null : $"not the shape of {target.CompatibleApi}"
                : Shapes.FromErrors.Values.Any(isSome => isSome(answer)) ? null
                : "the shape of no API";
        }

        return answer.Status == 200 && request.Target is { } lenient && Shapes.RefusesWith200(lenient)
            && !Shapes.FromErrors[lenient.CompatibleApi](answer) ? "a success" : null;
    }

    private static string Shortened(string text) => text.Length <= 300 ? text : $"{text[..300]}...";

    [GeneratedRegex(@"^[0-9:.]+ (ERR|FTL) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AboveWarning();
}
