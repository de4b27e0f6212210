using System.Text.Json;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
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
        var answers = await RequestAsync(
            Some.Application(), ("key", 180), ("key", 180), ("other", 180), ("key", 180), (null, 180), (null, 180));

        var ids = answers.Select(a => a.Value.Otp.Id).ToList();
        ids[1].ShouldBe(ids[0]);
        ids[3].ShouldBe(ids[0]);
        ids.Distinct().Count().ShouldBe(4);
        _store.Intakes.Sum(i => i.Otps.Count).ShouldBe(5);

        // The request that held up the others, and one work command for what was gathered behind it.
        _store.Messages.Select(m => Some.Json(m).TryGetProperty("further", out var further) ? 1 + further.GetArrayLength() : 1)
            .ShouldBe([1, 4]);
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

        answers.Select(a => a.Error?.Code ?? 0).ShouldBe([2122, 2122]);
        _store.Intakes[^1].ReleasedKeys.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("line\nbreak, ümlaut", true)]
    public async Task Need_a_key_of_1_to_255_characters(string key, bool good)
    {
        await using var intake = Intake();

        var answers = await Task.WhenAll(new[] { key, key.PadRight(good ? 255 : 256) }.Select(k =>
            intake.RequestAsync(Some.Request($"\"phoneNumber\":\"{Some.Phone}\""), new(Some.Application(), k), CancellationToken.None)));

        answers.ShouldAllBe(a => a.Error == (good ? null : OtpErrors.IdempotencyKeyInvalid));
    }

    [Fact]
    public async Task Each_put_their_answer_into_the_commit()
    {
        await using var intake = Intake();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Gate = gate.Task;
        var opening = RequestAsync("opening", 60, 0);
        await _store.AtTheGate;
        var duplicates = new[] { 180, 180, 181 }.Select((ttl, i) => RequestAsync("key", ttl, i + 1)).ToList();

        gate.SetResult();
        await Task.WhenAll([opening, .. duplicates]);

        Announced().ShouldBe(["0: ", "1: ", "2: ", "3: 2106"], ignoreOrder: true);
        (await Task.WhenAll(duplicates)).ShouldAllBe(a => a.Announced);

        Task<RequestAnswer> RequestAsync(string key, int ttl, int number) => intake.RequestAsync(
            Some.Request($"\"phoneNumber\":\"{Some.Phone}\",\"ttl\":{ttl}"),
            new(Some.Application(), key) { Announce = (batch, answer) => batch.Publish(new Contracts.OtpRequested(Guid.Empty, $"{number}: {answer.Error?.Code}", 1)) },
            CancellationToken.None);

        List<string> Announced() =>
            [.. _store.Messages.Select(
                m => Some.Json(m).GetProperty("channel").GetString()!).Where(c => c.Contains(':', StringComparison.Ordinal))];
    }

    [Theory]
    [InlineData("\"ttl\":59", "key")]
    [InlineData("\"ttl\":60", "")]
    public async Task Are_not_announced_where_they_are_refused_before_the_commit(string fields, string key)
    {
        await using var intake = Intake();
        var options = new RequestOptions(Some.Application(), key) { Announce = (_, _) => throw new InvalidOperationException("announced") };

        var answer = await intake.RequestAsync(Some.Request($"\"phoneNumber\":\"{Some.Phone}\",{fields}"), options, CancellationToken.None);

        (answer.View, answer.Announced).ShouldBe((null, false));
        answer.Error.ShouldNotBeNull();
        _store.Intakes.ShouldBeEmpty();
    }

    [Fact]
    public async Task See_what_the_first_one_sees()
    {
        var answers = await RequestAsync(Some.Application(), ("key", 180), ("key", 180));

        var (first, duplicate) = (OtpAnswer.CreateFirst(answers[0].Value), OtpAnswer.CreateFirst(answers[1].Value));
        JsonSerializer.Serialize(duplicate).ShouldBe(JsonSerializer.Serialize(first));
        first.Metadata.ShouldBe(new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = "7" });
    }

    private OtpIntake Intake() => new(
        _store, _store, Some.Secrets,
        new ProviderChoice(Options.Create(new DeliveryOptions()), Options.Create(new SandboxOptions { Enabled = true })),
        Some.Quota(), Options.Create(new CallbackOptions()), Options.Create(new DeliveryOptions()),
        Options.Create(new BatchingOptions { Writers = 1 }));

    /// <summary>Holds the one writer with a first request of another kind, so that the others wait together and make one batch.</summary>
    private async Task<RequestAnswer[]> RequestAsync(Application application, params (string? Key, int Ttl)[] requests)
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

        Task<RequestAnswer> Request(string? key, int ttl) => intake.RequestAsync(
            Some.Request(
                $"\"phoneNumber\":\"{Some.Phone}\",\"ttl\":{ttl},\"name\":\"Ada\",\"metadata\":{{\"order\":\"7\"}},"
                + "\"template\":\"{{name}}, {{pin}}, {{minutes}}\""), new(application, key), CancellationToken.None);
    }
}
