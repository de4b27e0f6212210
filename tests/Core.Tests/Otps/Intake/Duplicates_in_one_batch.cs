using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Intake;

public class Duplicates_in_one_batch
{
    private readonly StoreInMemory _store = new();

    [Fact]
    public async Task Get_one_answer_and_make_one_OTP()
    {
        var answers = await RequestAsync(Some.Application(), ("key", 180), ("key", 180), ("other", 180), ("key", 180), (null, 180), (null, 180));

        var ids = answers.Select(a => a.Value.Otp.Id).ToList();
        ids[1].ShouldBe(ids[0]);
        ids[3].ShouldBe(ids[0]);
        ids.Distinct().Count().ShouldBe(4);
        _store.Intakes.Sum(i => i.Otps.Count).ShouldBe(5);
        _store.Messages.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Are_refused_where_the_key_comes_with_another_command()
    {
        var answers = await RequestAsync(Some.Application(), ("key", 180), ("key", 181), ("key", 180));

        answers.Select(a => a.Error?.Code ?? 0).ShouldBe([0, 2106, 0]);
        answers[2].Value.Otp.Id.ShouldBe(answers[0].Value.Otp.Id);
    }

    [Fact]
    public async Task Share_an_error_and_leave_the_key_free()
    {
        // The opening request, which the helper sends, uses the one send up.
        var answers = await RequestAsync(Some.Application(new ApplicationLimits { SendsPerHour = 1 }), ("key", 180), ("key", 180));

        answers.Select(a => a.Error?.Code ?? 0).ShouldBe([2120, 2120]);
        _store.Intakes[^1].ReleasedKeys.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("line\nbreak, ümlaut", true)]
    public async Task Need_a_key_of_1_to_255_characters(string key, bool good)
    {
        await using var intake = Intake();

        var answers = await Task.WhenAll(new[] { key, key.PadRight(good ? 255 : 256) }.Select(k =>
            intake.RequestAsync(Some.Draft($"\"phoneNumber\":\"{Some.Phone}\""), Some.Application(), k, null, CancellationToken.None)));

        answers.ShouldAllBe(a => a.Error == (good ? null : OtpErrors.IdempotencyKeyInvalid));
    }

    [Fact]
    public async Task Each_put_their_answer_into_the_commit()
    {
        await using var intake = Intake();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Gate = gate.Task;
        var opening = intake.AcceptAsync(Order("opening", 60, 0), CancellationToken.None);
        await _store.AtTheGate;
        var duplicates = new[] { 180, 180, 181 }.Select((ttl, i) => intake.AcceptAsync(Order("key", ttl, i + 1), CancellationToken.None)).ToList();

        gate.SetResult();
        await Task.WhenAll([opening, .. duplicates]);

        Announced().ShouldBe(["0: ", "1: ", "2: ", "3: 2106"], ignoreOrder: true);

        OtpOrder Order(string key, int ttl, int number) => intake.Validate(Some.Draft($"\"phoneNumber\":\"{Some.Phone}\",\"ttl\":{ttl}"), Some.Application(), key, null).Value with
        {
            Announce = (batch, answer) => batch.Publish(new Contracts.OtpRequested(Guid.Empty, $"{number}: {answer.Error?.Code}", 1)),
        };

        List<string> Announced() => [.. _store.Messages.Select(m => Some.Json(m).GetProperty("channel").GetString()!).Where(c => c.Contains(':', StringComparison.Ordinal))];
    }

    private OtpIntake Intake() => new(
        _store, _store, Some.Secrets, new ProviderChoice(Options.Create(new DeliveryOptions()), Options.Create(new SandboxOptions { Enabled = true })),
        Some.Quota(), Options.Create(new CallbackOptions()), Options.Create(new DeliveryOptions()), Options.Create(new BatchingOptions { Writers = 1 }));

    /// <summary>Holds the one writer with a first request of another kind, so that the others wait together and make one batch.</summary>
    private async Task<Result<OtpView>[]> RequestAsync(Application application, params (string? Key, int Ttl)[] requests)
    {
        await using var intake = Intake();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Gate = gate.Task;
        var opening = Request(null, 60);
        await _store.AtTheGate;
        var waiting = requests.Select(r => Request(r.Key, r.Ttl)).ToList();
        gate.SetResult();
        (await opening).Error.ShouldBeNull();
        return await Task.WhenAll(waiting);

        Task<Result<OtpView>> Request(string? key, int ttl) => intake.RequestAsync(
            Some.Draft($"\"phoneNumber\":\"{Some.Phone}\",\"ttl\":{ttl}"), application, key, null, CancellationToken.None);
    }
}
