using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Requests;

public class The_options_of_a_compatible_api
{
    private static readonly OtpLookup Lookup = new(
        "dialect", Recipient.From(((PhoneParseResult.Ok)PhoneNumber.Parse(Some.Phone, null)).Number));
    private readonly StoreInMemory _store = new();

    [Fact]
    public async Task Have_a_message_written_around_a_PIN_that_is_made_here()
    {
        await RequestAsync(
            new(Some.Application()) { WriteMessage = pin => new($"{{{{pin}}}} is not {pin.Reveal()}", "Subject"), PinPolicy = new(PinType.Numbers, 8) });

        var row = _store.Intakes.ShouldHaveSingleItem().Pins.ShouldHaveSingleItem();
        var pin = Some.Secrets.DecryptPin(row).Reveal();
        pin.ShouldMatch("^[0-9]{8}$");
        Some.Secrets.DecryptMessage(row).ShouldBe(new CallerMessage($"{{{{pin}}}} is not {pin}", "Subject"));
        row.Exact.ShouldBeFalse();
    }

    [Fact]
    public async Task Count_the_parts_of_that_message()
    {
        await RequestAsync(new(Some.Application()) { WriteMessage = pin => new(new string('x', 161) + pin.Reveal()) });

        _store.Intakes[0].Otps[0].Parts.ShouldBe(2);
    }

    [Fact]
    public async Task Are_stronger_than_the_settings()
    {
        await RequestAsync(new(Some.Application()) { Ttl = 7, MaxAttempts = 9 });

        var otp = _store.Intakes[0].Otps[0];
        (otp.Ttl, otp.MaxAttempts, otp.ExpiresAt).ShouldBe((7, 9, Some.Now.AddSeconds(7)));
    }

    [Fact]
    public void Let_one_OTP_live_also_within_a_batch()
    {
        NewOtp[] requests = [OneLive(), OneLive()];

        var answers = Decide(requests, live: []);

        answers[0].Otp.ShouldNotBeNull();
        answers[1].Error.ShouldBe(OtpErrors.StillLive);
    }

    [Fact]
    public void Let_one_OTP_live_that_is_there_already()
    {
        var request = OneLive();

        Decide([request], live: [Convert.ToHexString(request.LookupHash!)])[0].Error.ShouldBe(OtpErrors.StillLive);
    }

    private static NewOtp OneLive()
    {
        var request = Some.NewOtp();
        return request with
        {
            Validated = request.Validated with { Options = new(Some.Application()) { Lookup = Lookup, OneLive = true } },
            LookupHash = Some.Secrets.HashLookup(Some.Application().Id, Lookup),
        };
    }

    private static IReadOnlyList<IntakeAnswer> Decide(IReadOnlyList<NewOtp> requests, HashSet<string> live)
    {
        var facts = new IntakeFacts(
            Some.Now,
            new Dictionary<Guid, FirstUse>(),
            new Dictionary<(Guid, string),
            RecipientHistory> { [(Some.Application().Id, Convert.ToHexString(Some.RecipientHash))] = Some.History() },
            new Dictionary<Guid, ApplicationSpending>()) { Live = live };
        return IntakeRules.Decide(requests, facts, TimeSpan.FromSeconds(15)).Answers;
    }

    private async Task RequestAsync(RequestOptions options)
    {
        await using var intake = new OtpIntake(
            _store, _store, Some.Secrets,
            new ProviderChoice(Options.Create(new DeliveryOptions()), Options.Create(new SandboxOptions { Enabled = true })),
            Some.Quota(), Options.Create(new CallbackOptions()), Options.Create(new DeliveryOptions()),
            Options.Create(new BatchingOptions()));
        (await intake.RequestAsync(Some.Request($"\"phoneNumber\":\"{Some.Phone}\""), options, CancellationToken.None)).Error
            .ShouldBeNull();
    }
}
