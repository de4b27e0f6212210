using OtpPipeline.Benchmarks.Processor;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Benchmarks;

public class Processor_time_of_processes
{
    [Theory]
    [InlineData("(postgres)")]
    [InlineData("(beam.smp)")]
    [InlineData("(a name (with) spaces)")]
    [InlineData("(ends in ))")]
    public void The_times_of_a_process_are_read_whatever_its_name(string name)
    {
        var line = $"42 {name} S 7 42 42 0 -1 4194560 5168 3216 0 1 110 12 1200 34 20 0 1 0 9876 233472000 7033 18446744073709551615";

        ProcessStat.Parse(line).ShouldBe(new ProcessStat(Id: 42, Parent: 7, Own: 110 + 12, OfEnded: 1200 + 34));
    }

    [Fact]
    public void A_server_is_its_first_process_with_all_below_it_and_all_that_ended()
    {
        ProcessStat[] all =
        [
            new(Id: 1, Parent: 0, Own: 1_000, OfEnded: 1_000),
            new(Id: 10, Parent: 1, Own: 1, OfEnded: 20),
            new(Id: 11, Parent: 10, Own: 300, OfEnded: 0),
            new(Id: 12, Parent: 11, Own: 4_000, OfEnded: 50_000),
            new(Id: 20, Parent: 1, Own: 1_000, OfEnded: 1_000),
        ];

        ProcessStat.OfTree(all, root: 10).ShouldBe(54_321);
    }

    [Fact]
    public void A_server_that_does_not_run_has_used_nothing() => ProcessStat.OfTree([new(1, 0, 5, 5)], root: 2).ShouldBe(0);

    [Fact]
    public void This_process_is_among_those_of_the_machine()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux's.");

        ProcessStat.ReadAll().Select(p => p.Id).ShouldContain(Environment.ProcessId);
    }
}
