using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(SharedPipeline))]
public sealed class Verifying_in_parallel(SharedPipeline shared)
{
    private const int Submissions = 64;
    private static readonly int[] WrongOrLast = [2029, 2027];

    [Fact]
    public async Task A_right_PIN_submitted_64_times_over_two_processes_verifies_once()
    {
        var pipeline = await shared.GetAsync();
        var count = Load.Scale(100, 1000);
        var otps = await pipeline.WithRequestedOtpsAsync(count);
        var pins = await Load.RunAsync(count, 64, i => pipeline.Sandbox.PinAsync(otps[i].Recipient, TimeSpan.FromMinutes(2)));

        // Eight OTPs at a time, each with all its submissions at once.
        var answers = await Load.RunAsync(
            count, 8, i => Load.AtOnceAsync(Submissions, _ => pipeline.Client.VerifyAsync(otps[i].OtpId, pins[i])));

        var verified = answers.Select(a => a.Count(x => x.Status == 200)).ToArray();
        verified.ShouldAllBe(n => n == 1);
        answers.SelectMany(a => a).Count(x => x.Code == 2023).ShouldBe(count * (Submissions - 1));
        (await pipeline.Database.OtpsAsync([.. otps.Select(o => o.OtpId)])).ShouldAllBe(o => o.Status == "VERIFIED");
        Figures.Print(
            $"{count} OTPs, each with {Submissions} parallel right PINs over two API processes",
            $"{verified.Sum()} VERIFIED, {answers.Sum(a => a.Count(x => x.Code == 2023))} refused");
    }

    [Fact]
    public async Task Wrong_guesses_are_counted_exactly()
    {
        var pipeline = await shared.GetAsync();
        var guesses = Load.Scale(2000, 10_000);
        const int PerOtp = 40;
        const int Allowed = 10;
        var otps = await pipeline.WithRequestedOtpsAsync(guesses / PerOtp, Allowed);
        var pins = await Load.RunAsync(otps.Length, 64, i => pipeline.Sandbox.PinAsync(otps[i].Recipient, TimeSpan.FromMinutes(2)));

        var answers = await Load.RunAsync(otps.Length, 8, i => Load.AtOnceAsync(
            PerOtp, _ => pipeline.Client.VerifyAsync(otps[i].OtpId, Each_channel_from_end_to_end.Wrong(pins[i]))));

        foreach (var codes in answers.Select(a => a.Select(x => x.Code).ToList()))
        {
            codes.Count(c => c == 2029).ShouldBe(Allowed - 1);
            codes.Count(c => c == 2027).ShouldBe(1);
            codes.Count(c => c == 2026).ShouldBe(PerOtp - Allowed);
        }

        (await pipeline.Database.OtpsAsync([.. otps.Select(o => o.OtpId)])).ShouldAllBe(o => o.Status == "FAILED" && o.Attempts == Allowed);
        Figures.Print(
            $"{guesses} parallel wrong guesses, {Allowed} allowed for each of {otps.Length} OTPs",
            $"{answers.Sum(a => a.Count(x => WrongOrLast.Contains(x.Code)))} evaluated, " +
            $"{answers.Sum(a => a.Count(x => x.Code == 2026))} refused unseen");
    }

    [Fact]
    public async Task Guesses_below_the_limit_are_counted_one_by_one()
    {
        var pipeline = await shared.GetAsync();
        var otps = await pipeline.WithRequestedOtpsAsync(50, 10);
        var pins = await Load.RunAsync(otps.Length, 64, i => pipeline.Sandbox.PinAsync(otps[i].Recipient));

        await Load.AtOnceAsync(
            otps.Length * 7,
            i => pipeline.Client.VerifyAsync(otps[i % otps.Length].OtpId, Each_channel_from_end_to_end.Wrong(pins[i % otps.Length])));

        (await pipeline.Database.OtpsAsync([.. otps.Select(o => o.OtpId)])).ShouldAllBe(o => o.Status == "PENDING" && o.Attempts == 7);
    }

    [Fact]
    public async Task A_right_PIN_among_wrong_ones_verifies_once_or_comes_too_late()
    {
        var pipeline = await shared.GetAsync();
        var otps = await pipeline.WithRequestedOtpsAsync(50, 5);
        var pins = await Load.RunAsync(otps.Length, 64, i => pipeline.Sandbox.PinAsync(otps[i].Recipient));

        var answers = await Load.RunAsync(otps.Length, 8, i => Load.AtOnceAsync(
            20, n => pipeline.Client.VerifyAsync(otps[i].OtpId, n % 5 == 2 ? pins[i] : Each_channel_from_end_to_end.Wrong(pins[i]))));

        var rows = (await pipeline.Database.OtpsAsync([.. otps.Select(o => o.OtpId)])).ToDictionary(o => o.Id);
        for (var i = 0; i < otps.Length; i++)
        {
            var row = rows[otps[i].OtpId];
            answers[i].Count(a => a.Status == 200).ShouldBe(row.Status == "VERIFIED" ? 1 : 0);
            answers[i].Count(a => WrongOrLast.Contains(a.Code)).ShouldBe(row.Attempts);
            row.Attempts.ShouldBeLessThanOrEqualTo(row.Status == "VERIFIED" ? 4 : 5);
        }
    }

    [Fact]
    public async Task No_guess_is_answered_before_its_count_is_committed()
    {
        var pipeline = await shared.GetAsync();
        var (otp, recipient) = await pipeline.WithRequestedOtpAsync();
        var pin = await pipeline.Sandbox.PinAsync(recipient);
        await pipeline.UntilDeliveryAsync(otp, "SENT");
        Task<HostAnswer> right;
        await using (await pipeline.Database.HoldAsync("LOCK TABLE outbox_messages IN EXCLUSIVE MODE"))
        {
            right = pipeline.Client.VerifyAsync(otp, pin);
            await Eventually.Until(async () => await pipeline.Database.WaitingAsync() > 0, "the verification waits for the lock");

            await Eventually.Never(
                () => Task.FromResult(right.IsCompleted), "the PIN was answered before its commit", TimeSpan.FromSeconds(1));
        }

        (await right).Status.ShouldBe(200);
        (await pipeline.Database.OtpAsync(otp)).Status.ShouldBe("VERIFIED");
    }
}
