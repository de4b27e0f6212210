using FsCheck;
using FsCheck.Fluent;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps;

public class Any_sequence_of_commands
{
    private const int Kinds = 7;

    [Fact]
    public void Leaves_attempts_within_the_maximum_one_success_at_most_and_a_final_status_for_ever() =>
        Prop.ForAll(
            Gen.Choose(1, 10).SelectMany(max => Gen.Choose(0, Kinds - 1).ArrayOf().Select(steps => (max, steps))).ToArbitrary(), Hold)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    private static void Hold((int Max, int[] Steps) run)
    {
        var now = Some.Now;
        var state = new OtpState(OtpStatus.Pending, null, 0, run.Max, now.AddSeconds(10), false);
        int evaluated = 0, successes = 0;
        foreach (var step in run.Steps)
        {
            var before = state;
            Core.Otps.Outcome? guess = null;
            switch (step)
            {
                case 0 or 1:
                    guess = OtpRules.Verify(state, new(false, false), now);
                    break;
                case 2:
                    guess = OtpRules.Verify(state, new(true, false), now);
                    break;
                case 3:
                    state = OtpRules.Cancel(state, now).State;
                    break;
                case 4:
                    now = now.AddSeconds(1);
                    break;
                case 5:
                    state = OtpRules.Undeliverable(state, now);
                    break;
                case 6:
                    state = state.At(now);
                    break;
            }

            if (guess is { } outcome)
            {
                state = outcome.State;
                successes += outcome.Error is null ? 1 : 0;
                evaluated += outcome.Error is null or { Code: 2027 or 2029 } ? 1 : 0;
            }

            state.Attempts.ShouldBeLessThanOrEqualTo(run.Max);
            evaluated.ShouldBeLessThanOrEqualTo(run.Max);
            successes.ShouldBeLessThanOrEqualTo(1);
            (state.Attempts - before.Attempts).ShouldBeInRange(0, 1);
            (successes == 1).ShouldBe(state.Status == OtpStatus.Verified);
            if (before.IsFinal)
            {
                state.ShouldBe(before);
            }

            if (before.Status == OtpStatus.Pending && state.Status == OtpStatus.Verified)
            {
                now.ShouldBeLessThan(state.ExpiresAt);
            }
        }
    }
}
