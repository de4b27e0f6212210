using System.Text.Json;
using OtpPipeline.Benchmarks.Reporting;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Benchmarks;

public class Comparing_two_checkouts
{
    [Fact]
    public void Each_pair_has_its_own_ratio()
    {
        var compared = Compare(
            (File(("accepted OTPs", 1_000, null)), File(("accepted OTPs", 1_500, null))),
            (File(("accepted OTPs", 3_000, null)), File(("accepted OTPs", 6_000, null))));

        var accepted = compared.ShouldHaveSingleItem();
        accepted.Ratios.ShouldBe([1.5, 2.0]);
        (accepted.Other, accepted.This).ShouldBe((2_000, 3_750));
    }

    [Fact]
    public void Figures_that_only_one_of_them_has_are_left_out() =>
        Compare((File(("old", 1, null), ("both", 2, null)), File(("both", 3, null), ("new", 4, null))))
            .Select(c => c.Name).ShouldBe(["both"]);

    [Fact]
    public void A_figure_with_a_ceiling_is_also_compared_by_its_ratio() =>
        Compare((File(("accepted OTPs", 100, 0.2)), File(("accepted OTPs", 50, 0.4)))).Select(c => (c.Name, c.Ratios[0])).ShouldBe(
            [("accepted OTPs", 0.5), ("accepted OTPs, of its ceiling", 2)]);

    [Fact]
    public void The_parts_of_a_processor_time_are_compared_too()
    {
        var compared = Compare((Time(api: 200, workers: 100), Time(api: 100, workers: 150)));

        compared.Select(c => (c.Name, c.Ratios[0])).ShouldBe([("verified: Api", 0.5), ("verified: Workers", 1.5)]);

        static FigureFile Time(double api, double workers) => new(
        [
            new("verified", null, "µs", null, null, Parts: new Dictionary<string, double> { ["Api"] = api, ["Workers"] = workers }),
        ]);
    }

    [Fact]
    public void What_was_nothing_before_has_no_ratio() => Compare((File(("stalls", 0, null)), File(("stalls", 3, null)))).ShouldBeEmpty();

    [Fact]
    public void A_file_of_an_older_bench_is_read()
    {
        const string Old = """{"figures":[{"name":"verified OTPs","value":3004,"unit":"1/s","ceiling":13000,"ratio":0.23}]}""";

        var row = JsonSerializer.Deserialize<FigureFile>(Old, FigureFile.Json)!.Figures.ShouldHaveSingleItem();

        (row.Name, row.Value, row.Unit, row.Ratio, row.Parts).ShouldBe(("verified OTPs", 3_004, "1/s", 0.23, null));
    }

    private static IReadOnlyList<ComparedFigure> Compare(params (FigureFile Other, FigureFile This)[] pairs) => Comparison.Compare(pairs);

    private static FigureFile File(params (string Name, double? Value, double? Ratio)[] figures) =>
        new([.. figures.Select(f => new FigureFile.Row(f.Name, f.Value, "1/s", Ceiling: null, f.Ratio))]);
}
