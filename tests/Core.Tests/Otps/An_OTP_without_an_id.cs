using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps;

/// <summary>Its caller knows the recipient, or the PIN, and no id.</summary>
public class An_OTP_without_an_id
{
    private readonly StoreInMemory _store = new();
    private readonly Application _application = Some.Application(new ApplicationLimits { FailedGuesses = 3 });

    [Fact]
    public async Task Is_verified_by_its_recipient_and_is_the_only_one_that_is()
    {
        var first = _store.Add(Some.Locked(pin: "111111"));
        var second = _store.Add(Some.Locked(pin: "222222"));

        (await CheckAsync("111111")).ShouldBeNull();

        (first.Otp.Status, second.Otp.Status).ShouldBe((OtpStatus.Verified, OtpStatus.Pending));
        (first.Otp.Attempts, second.Otp.Attempts).ShouldBe((0, 0));
        (await CheckAsync("111111")).ShouldBe(Refusals.WrongPin, "it is used, and a miss on the other");
    }

    [Fact]
    public async Task Counts_a_miss_on_each_live_one_and_once_for_the_recipient()
    {
        var history = Some.History();
        var first = _store.Add(Some.Locked(history: history));
        var second = _store.Add(Some.Locked(history: history, maxAttempts: 1));
        var used = _store.Add(Some.Locked(OtpStatus.Verified, history: history));

        (await CheckAsync("000000")).ShouldNotBeNull();

        (first.Otp.Attempts, second.Otp.Attempts, used.Otp.Attempts).ShouldBe((1, 1, 0));
        (first.Otp.Status, second.Otp.Status, second.Otp.Reason).ShouldBe((OtpStatus.Pending, OtpStatus.Failed, (OtpReason?)OtpReason.MaxAttempts));
        history.FailedGuesses.ShouldBe(1);
    }

    [Fact]
    public async Task Is_not_found_where_none_is_live_or_past_its_time()
    {
        (await CheckAsync("123456")).ShouldBe(Refusals.NotFound);

        _store.Add(Some.Locked());
        _store.Now = Some.Now.AddSeconds(300);
        (await CheckAsync("123456")).ShouldBe(Refusals.NotFound);
        _store.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rests_with_its_recipient()
    {
        var history = Some.History();
        history.CoolOffUntil = Some.Now.AddMinutes(1);
        var otp = _store.Add(Some.Locked(history: history));

        (await CheckAsync("123456"))!.Code.ShouldBe(2120);
        otp.Otp.Status.ShouldBe(OtpStatus.Pending);
    }

    [Fact]
    public async Task Is_taken_by_its_PIN_alone_once()
    {
        var id = Guid.CreateVersion7();
        var locked = Some.Locked(pin: "4711", id: id);
        var details = Some.Secrets.SealDetails(id, new("99887766", "From", "", null, null, null));
        _store.Add(locked with { Otp = With(locked.Otp, details) });

        (await Check().TakeAsync(_application, "telegram", "4711", null, CancellationToken.None)).Value.ShouldBe("99887766");
        (await Check().TakeAsync(_application, "telegram", "4711", null, CancellationToken.None)).Refusal.ShouldBe(Refusals.NotFound);
    }

    [Fact]
    public async Task Is_nobodys_where_two_have_the_same_PIN()
    {
        _store.Add(Some.Locked(pin: "4711"));
        var other = Some.Locked(pin: "4711");
        _store.Add(other with { Otp = With(other.Otp, recipient: [9, 9]) });

        (await Check().TakeAsync(_application, "telegram", "4711", null, CancellationToken.None)).Refusal.ShouldBe(Refusals.NotFound);
        _store.Otps.Values.ShouldAllBe(o => o.Otp.Status == OtpStatus.Pending);
    }

    [Fact]
    public async Task Is_sent_again_as_a_further_step_that_the_limits_count()
    {
        var otp = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sent));

        (await ResendAsync(otp.Otp.Id, retryPeriod: 0)).ShouldBeNull();

        var next = otp.Deliveries[^1];
        (next.Step, next.Attempt, next.Status, next.DueAt).ShouldBe((2, 1, DeliveryStatus.Queued, Some.Now));
        otp.History!.Sends.Length.ShouldBe(1);
        _store.Saved[^1].CountedSends.ShouldBe([otp.History]);
        _store.Messages.ShouldHaveSingleItem().MessageType.ShouldBe("work");

        (await ResendAsync(otp.Otp.Id, retryPeriod: 60))!.Code.ShouldBe(2120);
        otp.Deliveries.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(DeliveryStatus.Queued)]
    [InlineData(DeliveryStatus.Sending)]
    public async Task Is_not_sent_twice_while_it_is_on_its_way(DeliveryStatus status)
    {
        var otp = _store.Add(Some.Locked(deliveries: status));

        (await ResendAsync(otp.Otp.Id, retryPeriod: 0)).ShouldBeNull();

        otp.Deliveries.ShouldHaveSingleItem();
        _store.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_not_sent_again_when_it_is_not_live()
    {
        var used = _store.Add(Some.Locked(OtpStatus.Verified, deliveries: DeliveryStatus.Sent));
        var live = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sent));

        (await ResendAsync(used.Otp.Id)).ShouldBe(Refusals.NotPending);
        _store.Now = Some.Now.AddSeconds(300);
        (await ResendAsync(live.Otp.Id)).ShouldBe(Refusals.NotPending);
        (await ResendAsync(Guid.CreateVersion7())).ShouldBe(Refusals.NotFound);
    }

    [Fact]
    public void Is_the_only_live_one_where_that_is_wanted()
    {
        var facts = new IntakeFacts(
            Some.Now, new Dictionary<Guid, FirstUse>(),
            new Dictionary<(Guid, string), RecipientHistory> { [(_application.Id, Convert.ToHexString(Some.RecipientHash))] = Some.History() },
            new Dictionary<Guid, ApplicationSpending>()) { Live = new HashSet<string>(StringComparer.Ordinal) { "07" } };
        NewOtp Order(byte lookup)
        {
            var order = Some.NewOtp();
            return order with { LookupHash = [lookup], Order = order.Order.Under(new() { OneLive = true, Lookup = Lookup() }) };
        }

        var answers = IntakeRules.Decide([Order(7), Order(8), Order(8)], facts, TimeSpan.FromSeconds(15), new(Some.Now));

        answers.Select(a => a.Refusal).ShouldBe([Refusals.StillLive, null, Refusals.StillLive]);
    }

    private static Otp With(Otp otp, byte[]? details = null, byte[]? recipient = null) => new()
    {
        Id = otp.Id, ApplicationId = otp.ApplicationId, Channel = otp.Channel, RecipientHash = recipient ?? otp.RecipientHash, Details = details ?? otp.Details,
        Status = otp.Status, Sequence = otp.Sequence, MaxAttempts = otp.MaxAttempts, CreatedAt = otp.CreatedAt, ExpiresAt = otp.ExpiresAt,
    };

    private static OtpLookup Lookup() => new("gupshup", Recipient.FromStored(RecipientKind.Phone, Some.Phone, "FR"));

    private OtpCheck Check() => new(_store, _store, _store, Some.Secrets);

    private Task<Refusal?> CheckAsync(string guess) => Check().CheckAsync(_application, Lookup(), new(guess), null, CancellationToken.None);

    private Task<Refusal?> ResendAsync(Guid otpId, int? retryPeriod = null)
    {
        var deliveries = Options.Create(new DeliveryOptions());
        var providers = new ProviderChoice(deliveries, Options.Create(new SandboxOptions { Enabled = true }));
        return new OtpResend(_store, _store, _store, Some.Secrets, providers, deliveries).ResendAsync(_application, otpId, retryPeriod, null, CancellationToken.None);
    }
}
