using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Stores;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries.Sending;

public class A_claim
{
    private readonly FakeTimeProvider _time = new();
    private readonly DeliveryOptions _options = new();

    [Theory]
    [InlineData(30, 10, 20)]
    [InlineData(6, 5, 5)]
    [InlineData(30, 29, 29)]
    public async Task Lets_a_call_begin_while_it_can_end_within_the_lease(int lease, int timeout, int within)
    {
        _options.Lease = TimeSpan.FromSeconds(lease);
        _options.Channels["sms"] = new() { Timeout = TimeSpan.FromSeconds(timeout) };

        (await ClaimAsync(life: TimeSpan.FromMinutes(5))).Left.ShouldBe(TimeSpan.FromSeconds(within));
    }

    [Fact]
    public async Task Ends_with_the_life_of_the_OTP_less_the_margin() =>
        (await ClaimAsync(life: TimeSpan.FromSeconds(8))).Left.ShouldBe(TimeSpan.FromSeconds(7));

    [Fact]
    public async Task Counts_from_before_its_statement_whatever_time_that_takes()
    {
        var clock = await ClaimAsync(life: TimeSpan.FromMinutes(5), statement: TimeSpan.FromSeconds(12));
        clock.Left.ShouldBe(TimeSpan.FromSeconds(8));

        _time.Advance(TimeSpan.FromSeconds(8));

        clock.IsOver.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Ada", "Hello Ada, 123456")]
    [InlineData(null, "Hello, 123456")]
    public async Task Has_the_text_with_the_PIN_and_the_name_in_it(string? name, string text)
    {
        var details = new OtpDetails(Some.Phone, "Tests", "Hello {{name}}, {{pin}}", null, name, null);

        (await ClaimedAsync(new(() => { }, TimeSpan.FromMinutes(5), details))).Text.ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://otp.example.com/gate/")]
    public async Task Has_an_address_for_receipts_where_the_Api_has_a_public_one(string? publicUrl)
    {
        var store = new Claims(() => { }, TimeSpan.FromMinutes(5));

        var claimed = await ClaimedAsync(store, publicUrl);

        if (publicUrl is null)
        {
            (claimed.ReceiptUrl, claimed.ReceiptToken).ShouldBe((null, null));
            return;
        }

        claimed.ReceiptUrl.ShouldBe("https://otp.example.com/gate/r/" + claimed.ReceiptToken);
        ReceiptToken.Read(Some.Secrets, claimed.ReceiptToken).ShouldBe(new ReceiptToken(store.Otp.Otp.Id, 1, 1));
    }

    [Fact]
    public async Task Takes_all_OTPs_of_a_message_in_one_statement_and_tells_which_it_did_not_get()
    {
        var statements = 0;
        var store = new Claims(() => statements++, TimeSpan.FromMinutes(5));
        await using var claims = Over(store);
        var hint = new DeliveryHint(store.Otp.Otp.Id, Channel.Sms, 1, "default", "");

        var claimed = await claims.ClaimAsync(
            [(hint, "a"), (hint, "a"), (hint with { OtpId = Guid.CreateVersion7() }, "a")], CancellationToken.None);

        claimed.Select(c => c is not null).ShouldBe([true, false, false]);
        statements.ShouldBe(1);
    }

    [Fact]
    public async Task Alone_shares_no_statement_and_runs_beside_seven_others_at_most()
    {
        var gate = new TaskCompletionSource();
        var store = new Claims(() => { }, TimeSpan.FromMinutes(5)) { Gate = gate.Task };
        await using var claims = Over(store);
        var hint = new DeliveryHint(store.Otp.Otp.Id, Channel.Sms, 1, "default", "");

        var claiming = Enumerable.Range(0, 20).Select(_ => claims.ClaimAloneAsync(hint, "a")).ToList();
        store.Sizes.Count.ShouldBe(8);
        gate.SetResult();
        await Task.WhenAll(claiming);

        store.Sizes.ShouldBe(Enumerable.Repeat(1, 20));
    }

    [Fact]
    public async Task Without_a_provider_waits_half_a_minute_at_most_unless_its_OTP_ends_first_and_has_a_further_step()
    {
        var rest = TimeSpan.FromSeconds(299);
        var (first, last, only, turn) = (Hint(1), Hint(2), Hint(1), Hint(1));
        var store = new Claims(() => { }, TimeSpan.FromMinutes(5))
        {
            Ending = [Ends(first), Ends(last)],
        };
        await using var claims = Over(store);

        var ended = await claims.PostponeAsync(
            [new(first, rest, "trace"), new(last, rest, null), new(only, rest, null), new(turn, TimeSpan.FromSeconds(5), null)],
            CancellationToken.None);

        ended.ShouldHaveSingleItem().ShouldBe(new(
            first.OtpId, store.Ending[0].ApplicationId, store.Ending[0].Id, null,
            new SendOutcome.NotSent(DeliveryClaims.NoProviderInTime, rest), "trace"));
        store.Asked.Select(r => (r.Hint, r.Delay)).ShouldBe(
            [(first, rest + _options.ExpiryMargin), (last, rest + _options.ExpiryMargin), (only, rest + _options.ExpiryMargin)]);
        store.Postponed.Select(r => (r.Hint, r.Delay.TotalSeconds)).ShouldBe([(last, 30), (only, 30), (turn, 5)]);

        static DeliveryHint Hint(int step) => new(Guid.CreateVersion7(), Channel.Sms, step, "default", "");

        static EndingDelivery Ends(DeliveryHint hint) =>
            new(hint.OtpId, Guid.CreateVersion7(), Guid.CreateVersion7(), hint.Step, "sms call:60");
    }

    private async Task<LeaseClock> ClaimAsync(TimeSpan life, TimeSpan statement = default) =>
        (await ClaimedAsync(new(() => _time.Advance(statement), life))).Lease.ShouldNotBeNull();

    private async Task<OutgoingDelivery> ClaimedAsync(Claims store, string? publicUrl = null)
    {
        await using var claims = Over(store, publicUrl);
        var hint = new DeliveryHint(store.Otp.Otp.Id, Channel.Sms, 1, "default", "");
        return claims.Decrypt((await claims.ClaimAsync([(hint, "sandbox")], CancellationToken.None)).ShouldHaveSingleItem().ShouldNotBeNull());
    }

    private DeliveryClaims Over(Claims store, string? publicUrl = null)
    {
        var options = Options.Create(_options);
        return new(
            store, Some.Secrets, new(_time, options), new(options), options, Options.Create(new BatchingOptions()), _time,
            new(Some.Secrets, Options.Create(new PublicUrlOptions { PublicUrl = publicUrl })));
    }

    private sealed class Claims(Action statement, TimeSpan life, OtpDetails? details = null) : IDeliveryStore
    {
        private static readonly Guid Id = Guid.CreateVersion7();

        public List<EndingDelivery> Ending { get; init; } = [];

        public List<PostponeRequest> Asked { get; } = [];

        public List<PostponeRequest> Postponed { get; } = [];

        public LockedOtp Otp { get; } = Some.Locked(
            id: Id,
            details: Some.Secrets.EncryptDetails(Id, details ?? new OtpDetails(Some.Phone, "Tests", "{{pin}}", null, null, null)),
            deliveries: [DeliveryStatus.Sending]);

        /// <summary>Claims in each statement.</summary>
        public ConcurrentQueue<int> Sizes { get; } = new();

        public Task Gate { get; init; } = Task.CompletedTask;

        public async Task<IReadOnlyDictionary<Guid, ClaimedDelivery>> ClaimAsync(
            IReadOnlyList<ClaimRequest> requests, TimeSpan lease, TimeSpan margin, CancellationToken cancellationToken)
        {
            statement();
            Sizes.Enqueue(requests.Count);
            await Gate;
            var delivery = Otp.Deliveries[0];
            delivery.UpdatedAt = Some.Now;
            var claimed = new Dictionary<Guid, ClaimedDelivery>
            {
                [requests[0].LeaseId] = new(
                    delivery, Otp.Otp.ApplicationId, Some.RecipientHash, "FR", Otp.Otp.Details, Otp.Pin!, Some.Now + life),
            };
            return claimed;
        }

        public Task PostponeAsync(IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken)
        {
            Postponed.AddRange(requests);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<EndingDelivery>> FindEndingAsync(
            IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken)
        {
            Asked.AddRange(requests);
            return Task.FromResult<IReadOnlyList<EndingDelivery>>(Ending);
        }
    }
}
