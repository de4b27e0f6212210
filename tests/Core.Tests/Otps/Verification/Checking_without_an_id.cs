using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Verification;

/// <summary>The store in memory finds every OTP by whatever hash.</summary>
public class Checking_without_an_id
{
    private static readonly OtpLookup Lookup = new(
        "somewhere", Recipient.From(((PhoneParseResult.Ok)PhoneNumber.Parse(Some.Phone, null)).Number));
    private readonly StoreInMemory _store = new();
    private readonly RecipientHistory _history = Some.History();

    [Fact]
    public async Task A_right_guess_verifies_the_one_OTP_and_leaves_the_others()
    {
        var older = Add("111111");
        var newer = Add("222222");

        (await CheckAsync("111111")).ShouldBeNull();

        (older.Otp.Status, newer.Otp.Status).ShouldBe((OtpStatus.Verified, OtpStatus.Pending));
        newer.Otp.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task A_PIN_that_was_sent_twice_is_used_once()
    {
        var (first, second) = (Add("111111"), Add("111111"));

        (await CheckAsync("111111")).ShouldBeNull();
        (await CheckAsync("111111")).ShouldBe(OtpErrors.NotFound);

        (first.Otp.Status, second.Otp.Status).ShouldBe((OtpStatus.Verified, OtpStatus.Verified));
    }

    [Fact]
    public async Task A_wrong_guess_counts_on_each_and_as_often_for_the_recipient()
    {
        var (first, second) = (Add("111111"), Add("222222"));

        (await CheckAsync("333333")).ShouldBe(OtpErrors.WrongPin with { AttemptsRemaining = 4 });

        (first.Otp.Attempts, second.Otp.Attempts, _history.FailedGuesses).ShouldBe((1, 1, 2));
    }

    [Fact]
    public async Task A_wrong_guess_ends_the_OTP_whose_last_it_was_and_leaves_those_that_are_final()
    {
        var last = _store.Add(Some.Locked(history: _history, maxAttempts: 1));
        var used = _store.Add(Some.Locked(OtpStatus.Verified, history: _history));

        (await CheckAsync("333333")).ShouldBe(OtpErrors.LastAttemptFailed with { AttemptsRemaining = 0 });

        (last.Otp.Status, last.Otp.Reason, used.Otp.Attempts).ShouldBe((OtpStatus.Failed, (OtpReason?)OtpReason.MaxAttempts, 0));
    }

    [Fact]
    public async Task Nothing_is_found_where_none_is_live_or_all_are_past_their_time()
    {
        (await CheckAsync("123456")).ShouldBe(OtpErrors.NotFound);

        var otp = Add("123456");
        _store.Now = otp.Otp.ExpiresAt;
        (await CheckAsync("123456")).ShouldBe(OtpErrors.NotFound);
        _store.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_guess_is_checked_while_the_recipient_cools_off()
    {
        _history.CoolOffUntil = Some.Now.AddMinutes(1);
        var otp = Add("111111");

        (await CheckAsync("111111"))!.Code.ShouldBe(2124);
        otp.Otp.Status.ShouldBe(OtpStatus.Pending);
    }

    [Fact]
    public async Task A_PIN_finds_the_recipient_who_has_it_twice()
    {
        var (first, second) = (Add("111111"), Add("111111"));

        (await TakeAsync("111111")).Value.ShouldBe(Some.Phone);

        (first.Otp.Status, second.Otp.Status).ShouldBe((OtpStatus.Verified, OtpStatus.Verified));
    }

    [Fact]
    public async Task What_the_search_finds_and_the_PIN_is_not_counts_nothing()
    {
        var otp = Add("11 11");

        (await TakeAsync("1111")).Error.ShouldBe(OtpErrors.NotFound);

        (otp.Otp.Status, otp.Otp.Attempts, _history.FailedGuesses).ShouldBe((OtpStatus.Pending, 0, 0));
    }

    [Fact]
    public async Task A_PIN_of_two_recipients_finds_none_and_costs_nothing()
    {
        var (first, second) = (Add("111111"), Add("111111", [9, 9]));

        (await TakeAsync("111111")).Error.ShouldBe(OtpErrors.NotFound);

        (first.Otp.Status, first.Otp.Attempts, second.Otp.Status, second.Otp.Attempts).ShouldBe((OtpStatus.Pending, 0, OtpStatus.Pending, 0));
    }

    [Fact]
    public void A_second_live_one_is_refused_where_there_may_be_one_also_within_a_batch()
    {
        var facts = new IntakeFacts(
            Some.Now, new Dictionary<Guid, FirstUse>(),
            new Dictionary<(Guid, string),
            RecipientHistory> { [(Some.Application().Id, Convert.ToHexString(Some.RecipientHash))] = Some.History() },
            new Dictionary<Guid, ApplicationSpending>()) { Live = new HashSet<string>(StringComparer.Ordinal) { "07" } };
        NewOtp Request(byte lookup)
        {
            var request = Some.NewOtp();
            return request with
            {
                LookupHash = [lookup],
                Validated = request.Validated with { Options = new(Some.Application()) { OneLive = true, Lookup = Lookup } },
            };
        }

        var answers = IntakeRules.Decide([Request(7), Request(8), Request(8)], facts, TimeSpan.FromSeconds(15)).Answers;

        answers.Select(a => a.Error).ShouldBe([OtpErrors.StillLive, null, OtpErrors.StillLive]);
    }

    private LockedOtp Add(string pin, byte[]? recipient = null)
    {
        var some = Some.Locked(pin: pin, history: _history);
        var otp = new Otp
        {
            Id = some.Otp.Id,
            ApplicationId = some.Otp.ApplicationId,
            Channel = some.Otp.Channel,
            RecipientHash = recipient ?? some.Otp.RecipientHash,
            Details = Some.Secrets.EncryptDetails(some.Otp.Id, new(Some.Phone, "Tests", "{{pin}}", null, null, null)),
            MaxAttempts = some.Otp.MaxAttempts,
            CreatedAt = some.Otp.CreatedAt,
            ExpiresAt = some.Otp.ExpiresAt,
        };
        return _store.Add(some with { Otp = otp });
    }

    private Task<OtpError?> CheckAsync(string pin) =>
        Check.CheckAsync(Some.Application(), Lookup, new(pin), traceParent: null, CancellationToken.None);

    private Task<Result<string>> TakeAsync(string pin) =>
        Check.TakeAsync(Some.Application(), "somewhere", pin, traceParent: null, CancellationToken.None);

    private OtpCheck Check => new(_store, _store, _store, Some.Secrets, FeedbackProviders.None);
}
