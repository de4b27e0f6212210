using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Intake;

public class Taking_a_batch_in
{
    private readonly RecipientHistory _history = Some.History();
    private readonly ApplicationSpending _spending = new() { ApplicationId = Some.Application().Id, Day = DateOnly.FromDateTime(Some.Now) };
    private readonly Dictionary<Guid, FirstUse> _firsts = [];
    private IntakeDecisions _decisions = new(Some.Now);

    [Fact]
    public void Makes_an_OTP_its_PIN_and_its_first_delivery()
    {
        var request = Some.NewOtp(cost: 0.07m);

        var otp = Decide(request).ShouldHaveSingleItem().Otp.ShouldNotBeNull();

        (otp.Id, otp.Status, otp.Sequence, otp.Cost).ShouldBe((request.OtpId, OtpStatus.Pending, 1L, 0.07m));
        (otp.CreatedAt, otp.ExpiresAt).ShouldBe((Some.Now, Some.Now.AddSeconds(300)));
        _decisions.Otps.ShouldBe([otp]);
        var pin = _decisions.Pins.ShouldHaveSingleItem();
        (pin.OtpId, pin.Version, pin.ValidUntil).ShouldBe((otp.Id, 1, otp.ExpiresAt));
        var delivery = _decisions.Deliveries.ShouldHaveSingleItem();
        (delivery.OtpId, delivery.Status, delivery.Step, delivery.Attempt).ShouldBe((otp.Id, DeliveryStatus.Queued, 1, 1));
        (delivery.DueAt, delivery.PublishDueAt).ShouldBe((Some.Now, Some.Now.AddSeconds(15)));
        _decisions.Histories.ShouldBe([_history]);
        _history.Sends.Length.ShouldBe(1);
        _decisions.ReleasedKeys.ShouldBeEmpty();
    }

    [Fact]
    public void Answers_a_used_key_with_the_first_answer_and_writes_nothing()
    {
        var first = Some.Locked().Otp;
        var request = Some.NewOtp("key", "command");
        _firsts[request.OtpId] = new(Some.Secrets.HashCommand("command"), first);

        Decide(request).ShouldHaveSingleItem().Otp.ShouldBeSameAs(first);

        _decisions.Otps.ShouldBeEmpty();
        _decisions.ReleasedKeys.ShouldBeEmpty();
        _history.Sends.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("another command", true)]
    [InlineData("command", false)]
    public void Refuses_a_used_key_with_another_command_or_a_purged_answer(string command, bool kept)
    {
        var request = Some.NewOtp("key", "command");
        _firsts[request.OtpId] = new(Some.Secrets.HashCommand(command), kept ? Some.Locked().Otp : null);

        Decide(request).ShouldHaveSingleItem().Error.ShouldBe(OtpErrors.IdempotencyKeyReused);
    }

    [Fact]
    public void Spends_up_to_the_limit_and_not_beyond()
    {
        var application = Some.Application(new ApplicationLimits { SpendingPerDay = 1.0m });

        var answers = Decide([.. Enumerable.Range(0, 3).Select(i => Some.NewOtp($"key {i}", "", 0.5m, application))]);

        answers.Select(a => a.Error?.Code ?? 0).ShouldBe([0, 0, 2113]);
        _spending.Spent.ShouldBe(1.0m);
        _decisions.Spendings.ShouldBe([_spending]);
        _decisions.ReleasedKeys.Count.ShouldBe(1);
        _history.Sends.Length.ShouldBe(2);
    }

    [Fact]
    public void Spends_nothing_on_what_the_recipient_limit_refuses()
    {
        var application = Some.Application(new ApplicationLimits { SpendingPerDay = 10m, SendsPerHour = 1 });
        NewOtp[] requests = [Some.NewOtp("a", "", 0.5m, application), Some.NewOtp("b", "", 0.5m, application)];

        var answers = Decide(requests);

        answers.Select(a => a.Error?.Code ?? 0).ShouldBe([0, 2122]);
        _spending.Spent.ShouldBe(0.5m);
        _decisions.ReleasedKeys.ShouldBe([requests[1]]);
        _decisions.Otps.Count.ShouldBe(1);
    }

    [Fact]
    public void Gives_nothing_back_to_an_order_that_knew_of_no_spending_limit()
    {
        _spending.Spent = 3m;
        var without = Some.Application(new ApplicationLimits { SendsPerHour = 1 });
        _history.Sends = [new DateTimeOffset(Some.Now).ToUnixTimeMilliseconds()];

        Decide(Some.NewOtp("a", "", 0.5m, without))[0].Error!.Code.ShouldBe(2122);

        _spending.Spent.ShouldBe(3m);
    }

    [Fact]
    public void Takes_nothing_in_for_a_recipient_that_cools_off()
    {
        _history.CoolOffUntil = Some.Now.AddSeconds(90);

        var error = Decide(Some.NewOtp())[0].Error.ShouldNotBeNull();

        (error.Code, error.RetryAfter).ShouldBe((2124, TimeSpan.FromSeconds(90)));
        _decisions.Deliveries.ShouldBeEmpty();
    }

    private IReadOnlyList<IntakeAnswer> Decide(params NewOtp[] requests)
    {
        var facts = new IntakeFacts(
            Some.Now,
            _firsts,
            new Dictionary<(Guid, string),
            RecipientHistory> { [(Some.Application().Id, Convert.ToHexString(Some.RecipientHash))] = _history },
            new Dictionary<Guid, ApplicationSpending> { [_spending.ApplicationId] = _spending });
        _decisions = IntakeRules.Decide(requests, facts, TimeSpan.FromSeconds(15));
        return _decisions.Answers;
    }
}
