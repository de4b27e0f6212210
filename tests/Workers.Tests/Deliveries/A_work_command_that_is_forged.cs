using OtpPipeline.Contracts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Deliveries;

namespace OtpPipeline.Workers.Tests.Deliveries;

public sealed class A_work_command_that_is_forged
{
    [Fact]
    public void Takes_the_places_of_64_OTPs_where_it_names_more()
    {
        var ids = Enumerable.Range(0, 501).Select(_ => Guid.CreateVersion7()).ToList();

        Read(new(ids[0], "sms", 1, null, null, [.. ids.Skip(1).Select(id => new FurtherOtp(id, 1))])).ShouldBe(ids.Take(64));
    }

    public static TheoryData<string?, string?> Impossible => new()
    {
        { "a\0b", null },
        { null, "\0" },
        { new string('r', 65), null },
        { null, new string('t', 1001) },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Brings_no_text_to_the_store_that_no_row_has(string? route, string? tried)
    {
        var (bad, good) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var (longestRoute, longestTried) = (new string('r', 64), new string('t', 1000));

        Read(new(bad, "sms", 1, route, tried, [new(good, 1, longestRoute, longestTried), new(bad, 1, route, tried)])).ShouldBe([good]);
        Read(new(good, "sms", 1, longestRoute, longestTried, [new(bad, 1, route, tried)])).ShouldBe([good]);
        Read(new(bad, "sms", 1, route, tried)).ShouldBeEmpty();
    }

    private static List<Guid> Read(OtpRequested message) =>
        RequestedDelivery.Read(message, Channel.Sms).ConvertAll(d => d.Hint.OtpId);
}
