using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps;

public class The_status_machine
{
    private static readonly DateTime Expiry = Some.Now.AddSeconds(180);
    private static readonly DateTime JustBefore = Expiry.AddTicks(-1);

    // Columns: status, command, code of the error (0 is success), status afterwards. Late is the exact instant of expiry.
    [Theory]
    [InlineData(OtpStatus.Pending, "right", 0, OtpStatus.Verified)]
    [InlineData(OtpStatus.Pending, "wrong", 2029, OtpStatus.Pending)]
    [InlineData(OtpStatus.Pending, "late right", 2028, OtpStatus.Expired)]
    [InlineData(OtpStatus.Pending, "late wrong", 2028, OtpStatus.Expired)]
    [InlineData(OtpStatus.Pending, "retry", 2029, OtpStatus.Pending)]
    [InlineData(OtpStatus.Pending, "cancel", 0, OtpStatus.Cancelled)]
    [InlineData(OtpStatus.Pending, "late cancel", 2031, OtpStatus.Expired)]
    [InlineData(OtpStatus.Verified, "right", 2023, OtpStatus.Verified)]
    [InlineData(OtpStatus.Verified, "wrong", 2023, OtpStatus.Verified)]
    [InlineData(OtpStatus.Verified, "late right", 2023, OtpStatus.Verified)]
    [InlineData(OtpStatus.Verified, "retry", 0, OtpStatus.Verified)]
    [InlineData(OtpStatus.Verified, "late retry", 0, OtpStatus.Verified)]
    [InlineData(OtpStatus.Verified, "cancel", 2031, OtpStatus.Verified)]
    [InlineData(OtpStatus.Expired, "right", 2025, OtpStatus.Expired)]
    [InlineData(OtpStatus.Expired, "wrong", 2025, OtpStatus.Expired)]
    [InlineData(OtpStatus.Expired, "retry", 2025, OtpStatus.Expired)]
    [InlineData(OtpStatus.Expired, "cancel", 2031, OtpStatus.Expired)]
    [InlineData(OtpStatus.Cancelled, "right", 2024, OtpStatus.Cancelled)]
    [InlineData(OtpStatus.Cancelled, "wrong", 2024, OtpStatus.Cancelled)]
    [InlineData(OtpStatus.Cancelled, "late right", 2024, OtpStatus.Cancelled)]
    [InlineData(OtpStatus.Cancelled, "cancel", 2030, OtpStatus.Cancelled)]
    [InlineData(OtpStatus.Cancelled, "late cancel", 2030, OtpStatus.Cancelled)]
    [InlineData(OtpStatus.Failed, "right", 2026, OtpStatus.Failed)]
    [InlineData(OtpStatus.Failed, "wrong", 2026, OtpStatus.Failed)]
    [InlineData(OtpStatus.Failed, "retry", 2026, OtpStatus.Failed)]
    [InlineData(OtpStatus.Failed, "late right", 2026, OtpStatus.Failed)]
    [InlineData(OtpStatus.Failed, "cancel", 2031, OtpStatus.Failed)]
    public void Answers_every_command_in_every_status(OtpStatus status, string command, int code, OtpStatus afterwards)
    {
        var state = new OtpState(status, null, 1, 3, Expiry, true);
        var now = command.StartsWith("late", StringComparison.Ordinal) ? Expiry : JustBefore;

        var outcome = command.EndsWith("cancel", StringComparison.Ordinal)
            ? OtpRules.Cancel(state, now)
            : OtpRules.Verify(
                state, new(command.EndsWith("right", StringComparison.Ordinal), command.EndsWith("retry", StringComparison.Ordinal)), now);

        (outcome.Error?.Code ?? 0).ShouldBe(code);
        outcome.State.Status.ShouldBe(afterwards);
        if (status != OtpStatus.Pending)
        {
            outcome.State.ShouldBe(state);
        }
    }

    [Fact]
    public void Says_once_that_the_PIN_has_expired_and_then_that_the_OTP_has()
    {
        var first = OtpRules.Verify(Pending(), new(true, false), Expiry);
        var second = OtpRules.Verify(first.State, new(true, false), Expiry);

        first.Error.ShouldBe(OtpErrors.PinExpired);
        second.Error.ShouldBe(OtpErrors.HasExpired);
        second.State.Attempts.ShouldBe(0);
    }

    [Fact]
    public void Fails_with_the_last_allowed_guess_and_counts_no_further()
    {
        var state = Pending();
        var codes = new List<int>();
        for (var guess = 0; guess < 5; guess++)
        {
            var outcome = OtpRules.Verify(state, new(false, false), JustBefore);
            codes.Add(outcome.Error!.Code);
            state = outcome.State;
        }

        codes.ShouldBe([2029, 2029, 2027, 2026, 2026]);
        state.ShouldBe(Pending() with { Attempts = 3, Status = OtpStatus.Failed, Reason = OtpReason.MaxAttempts });
    }

    [Theory]
    [InlineData(OtpReason.MaxAttempts, 2026)]
    [InlineData(OtpReason.Undeliverable, 2125)]
    public void Says_why_it_has_failed(OtpReason reason, int code) =>
        OtpRules.Verify(new(OtpStatus.Failed, reason, 1, 3, Expiry, false), new(true, false), JustBefore).Error!.Code.ShouldBe(code);

    [Fact]
    public void Counts_down_the_guesses_that_are_left()
    {
        var first = OtpRules.Verify(Pending(), new(false, false), JustBefore);
        var second = OtpRules.Verify(first.State, new(false, false), JustBefore);
        var last = OtpRules.Verify(second.State, new(false, false), JustBefore);

        new[] { first, second, last }.Select(o => o.Error!.AttemptsRemaining).ShouldBe([2, 1, 0]);
        OtpRules.Verify(last.State, new(false, false), JustBefore).Error!.AttemptsRemaining.ShouldBeNull();
    }

    [Fact]
    public void Verifies_with_the_last_allowed_guess() =>
        OtpRules.Verify(Pending() with { Attempts = 2 }, new(true, false), JustBefore).State
            .ShouldBe(Pending() with { Attempts = 2, Status = OtpStatus.Verified });

    [Theory]
    [InlineData(true, OtpReason.NotVerified)]
    [InlineData(false, OtpReason.NeverSent)]
    public void Expires_at_the_exact_instant_with_its_reason(bool sent, OtpReason reason)
    {
        var state = Pending() with { WasSent = sent };

        state.At(JustBefore).ShouldBe(state);
        state.At(Expiry).ShouldBe(state with { Status = OtpStatus.Expired, Reason = reason });
    }

    [Theory]
    [InlineData(OtpStatus.Pending, OtpStatus.Failed)]
    [InlineData(OtpStatus.Verified, OtpStatus.Verified)]
    [InlineData(OtpStatus.Expired, OtpStatus.Expired)]
    [InlineData(OtpStatus.Cancelled, OtpStatus.Cancelled)]
    public void Fails_as_undeliverable_only_while_it_is_pending(OtpStatus status, OtpStatus afterwards)
    {
        var state = OtpRules.Undeliverable(Pending() with { Status = status }, JustBefore);

        state.Status.ShouldBe(afterwards);
        state.Reason.ShouldBe(afterwards == OtpStatus.Failed ? OtpReason.Undeliverable : null);
    }

    [Fact]
    public void Is_expired_rather_than_undeliverable_past_its_time() =>
        OtpRules.Undeliverable(Pending() with { WasSent = false }, Expiry)
            .ShouldBe(Pending() with { WasSent = false, Status = OtpStatus.Expired, Reason = OtpReason.NeverSent });

    private static OtpState Pending() => new(OtpStatus.Pending, null, 0, 3, Expiry, true);
}
