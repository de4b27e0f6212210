using OtpPipeline.Benchmarks.Reporting;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Benchmarks;

public class Rounds_of_a_figure
{
    [Fact]
    public void Nothing_has_no_median() => Median.Of([]).ShouldBeNull();

    [Theory]
    [InlineData(new[] { 7.0 }, 7)]
    [InlineData(new[] { 9.0, 1, 5 }, 5)]
    [InlineData(new[] { 8.0, 1, 2, 4 }, 3)]
    public void The_median_is_the_middle_one_or_the_mean_of_the_two_in_the_middle(double[] values, double median) =>
        Median.Of(values).ShouldBe(median);

    [Fact]
    public void The_ratio_is_the_median_of_each_rounds_ratio_to_its_own_ceiling()
    {
        var series = Rounds(new Figure("x", 100, "1/s", 1_000), new Figure("x", 300, "1/s", 1_000), new Figure("x", 200, "1/s", 400));

        series.Value.ShouldBe(200);
        series.Ceiling.ShouldBe(1_000);
        series.Ratio.ShouldBe(0.3);
    }

    [Fact]
    public void A_goal_is_held_against_the_medians()
    {
        Rounds(Time(390), Time(395), Time(900)).IsMet.ShouldBe(true);
        Rounds(Time(390), Time(405), Time(410)).IsMet.ShouldBe(false);

        static Figure Time(double value) => new("x", value, "µs", Goal: Goal.AtMost(400));
    }

    [Fact]
    public void A_round_that_measured_nothing_does_not_count()
    {
        var series = Rounds(new Figure("x", null, "1/s", Note: "no answer"), new Figure("x", 5, "1/s", 10));

        (series.Value, series.Ratio).ShouldBe((5, 0.5));
        series.Notes.ShouldBe(["no answer"]);
    }

    [Fact]
    public void Each_part_has_its_own_median()
    {
        var series = Rounds(Time(api: 1, workers: 9), Time(api: 2, workers: 8), Time(api: 30, workers: 7));

        series.Parts.ShouldBe(new Dictionary<string, double> { ["Api"] = 2, ["Workers"] = 8 });

        static Figure Time(double api, double workers) =>
            new("x", api + workers, "µs") { Parts = new Dictionary<string, double> { ["Api"] = api, ["Workers"] = workers } };
    }

    private static Series Rounds(Figure first, params IEnumerable<Figure> next)
    {
        var series = new Series(first);
        foreach (var figure in next)
        {
            series.Add(figure);
        }

        return series;
    }
}
