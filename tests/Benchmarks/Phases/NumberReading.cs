using System.Diagnostics;
using System.Globalization;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Core.Recipients;
using PhoneNumbers;
using PhoneNumber = OtpPipeline.Core.Recipients.PhoneNumber;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>Reads an example of each type of each country, in a fresh process: once, often, and what stays in memory.</summary>
internal static class NumberReading
{
    private const double MostMicroseconds = 20;
    private const double MostMemory = 40;
    private const int Times = 100;

    public static Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var before = Memory();
        var start = Environment.CpuUsage.TotalTime;
        PhoneNumber.LoadPlans();
        bench.Report.Add(new("numbering plans of all countries, loaded", (Environment.CpuUsage.TotalTime - start).TotalMilliseconds, "ms"));

        // The metadata that holds the examples is the same that reading needs.
        var examples = Examples();
        Measure(bench, "phone number in E.164", examples, e => PhoneNumber.Parse(e.E164, countryIso: null), cancellationToken);
        bench.Report.Add(new("memory that E.164 takes", Memory() - before, "MB", Goal: Goal.AtMost(MostMemory)));
        Measure(bench, "phone number as within its country", examples, e => PhoneNumber.Parse(e.National, e.Country), cancellationToken);
        bench.Report.Add(new("memory that all numbers take", Memory() - before, "MB", Goal: Goal.AtMost(MostMemory)));
        return Task.CompletedTask;
    }

    private static void Measure(
        Bench bench, string name, List<Example> examples, Func<Example, PhoneParseResult> read, CancellationToken cancellationToken)
    {
        var valid = 0;
        var start = Environment.CpuUsage.TotalTime;
        foreach (var example in examples)
        {
            valid += read(example) is PhoneParseResult.Ok ? 1 : 0;
        }

        var first = (Environment.CpuUsage.TotalTime - start).TotalMicroseconds / examples.Count;
        var note = $"{valid:#,##0} of {examples.Count:#,##0} are valid";
        bench.Report.Add(new($"{name}, first", first, "µs", Goal: Goal.AtMost(MostMicroseconds), Note: note));
        start = Environment.CpuUsage.TotalTime;
        for (var time = 0; time < Times && !cancellationToken.IsCancellationRequested; time++)
        {
            examples.ForEach(e => read(e));
        }

        var warm = (Environment.CpuUsage.TotalTime - start).TotalMicroseconds / Times / examples.Count;
        bench.Report.Add(new($"{name}, warm", warm, "µs", Goal: Goal.AtMost(MostMicroseconds)));
    }

    private static List<Example> Examples()
    {
        var library = PhoneNumberUtil.GetInstance();
        return [.. library.GetSupportedRegions().Order(StringComparer.Ordinal).Select(library.GetMetadataForRegion).SelectMany(OfRegion)];
    }

    private static IEnumerable<Example> OfRegion(PhoneMetadata region) =>
        new[]
        {
            region.FixedLine, region.Mobile, region.TollFree, region.PremiumRate, region.SharedCost,
            region.Voip, region.PersonalNumber, region.Pager, region.Uan, region.Voicemail,
        }
        .Where(type => type.HasExampleNumber)
        .Select(type => new Example(
            region.Id,
            string.Create(CultureInfo.InvariantCulture, $"+{region.CountryCode}{type.ExampleNumber}"),
            $"{region.NationalPrefix}{type.ExampleNumber}"));

    /// <summary>Resident memory in MB, after what is not used any more was collected.</summary>
    private static double Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1024.0 / 1024;
    }

    private sealed record Example(string Country, string E164, string National);
}
