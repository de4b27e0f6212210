using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Applications.Limits;

public class Sends_that_are_counted_together
{
    private static readonly CountedSends Two = new(
        "some", [new(Minutes: 1, Rate: 2), new(Minutes: 60, Rate: 3)], OtpErrors.AddressWindowFull);
    private readonly RecipientHistory _history = Some.History();

    [Fact]
    public void Fill_a_window_that_slides_to_the_millisecond()
    {
        Send(0);
        Send(20_000);

        FullFor(59_999).ShouldBe(TimeSpan.FromMilliseconds(1));
        FullFor(60_000).ShouldBeNull();
    }

    [Fact]
    public void Wait_for_the_window_that_is_full_the_longest()
    {
        Send(0);
        Send(100_000);
        Send(130_000);

        FullFor(131_000).ShouldBe(TimeSpan.FromMilliseconds(3_600_000 - 131_000));
        RecipientLimits.Full(_history, Two, At(131_000))!.Message.ShouldBe(OtpErrors.AddressWindowFull.Message);
    }

    [Fact]
    public void Are_forgotten_when_no_window_reaches_them()
    {
        Send(0);
        Send(3_600_001);

        _history.Sends.Length.ShouldBe(1);
    }

    [Fact]
    public void Are_counted_only_when_the_request_is_accepted()
    {
        var facts = Facts(out var counted, out var recipient);
        recipient.Sends = [.. Enumerable.Repeat(Ms(0), 5)];

        var answer = IntakeRules.Decide([Request(counted)], facts, TimeSpan.FromSeconds(15)).Answers[0];

        answer.Error!.Message.ShouldContain("in one hour");
        counted.Sends.ShouldBeEmpty();
    }

    [Fact]
    public void Refuse_the_request_that_finds_a_window_full_and_leave_the_recipient_uncounted()
    {
        var facts = Facts(out var counted, out var recipient);
        var requests = Enumerable.Range(0, 3).Select(_ => Request(counted)).ToList();

        var decisions = IntakeRules.Decide(requests, facts, TimeSpan.FromSeconds(15));

        decisions.Answers.Select(a => a.Error?.Message).ShouldBe([null, null, OtpErrors.AddressWindowFull.Message]);
        (counted.Sends.Length, recipient.Sends.Length).ShouldBe((2, 2));
        decisions.Histories.ShouldBe([recipient, counted], ignoreOrder: true);
    }

    private static DateTime At(long ms) => Some.Now.AddMilliseconds(ms);

    private static long Ms(long ms) => new DateTimeOffset(At(ms)).ToUnixTimeMilliseconds();

    private static NewOtp Request(RecipientHistory counted) => Some.NewOtp() with { Counters = [(counted.RecipientHash, Two)] };

    private static IntakeFacts Facts(out RecipientHistory counted, out RecipientHistory recipient)
    {
        recipient = Some.History();
        counted = new() { ApplicationId = Some.Application().Id, RecipientHash = [9] };
        RecipientHistory[] all = [recipient, counted];
        return new(
            Some.Now, new Dictionary<Guid, FirstUse>(), all.ToDictionary(h => (h.ApplicationId, Convert.ToHexString(h.RecipientHash))),
            new Dictionary<Guid, ApplicationSpending>());
    }

    private TimeSpan? FullFor(long ms) => RecipientLimits.Full(_history, Two, At(ms))?.RetryAfter;

    private void Send(long ms)
    {
        FullFor(ms).ShouldBeNull();
        RecipientLimits.Count(_history, Two, At(ms));
    }
}
