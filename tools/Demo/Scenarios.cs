namespace OtpPipeline.Demo;

/// <summary>One method for each end of an OTP.</summary>
internal sealed class Scenarios(ScenarioRunner runner, PipelineClient client, TimeProvider time, CancellationToken token)
{
    public static readonly IReadOnlyList<string> Channels = ["sms", "email", "telegram", "call", "whatsapp", "ussd"];

    /// <summary>The shortest lifetime that POST /otp accepts.</summary>
    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(60);

    private const string RefusedRecipient = "+15005550002";
    private const int WrongPin = 2029;
    private const int LastAttemptUsed = 2027;

    public Task<Timeline> Verified(string channel) =>
        runner.Play($"{channel}, verified", NewRecipients.RequestFor(channel), async (timeline, otp, request) =>
    {
        var pin = await runner.ReceivedPin(timeline, request);
        MissingException.ThrowUnless(await client.Verify(otp.OtpId, pin, token) == 0, "the PIN that was sent is not accepted");
        timeline.Reached("VERIFIED");
        await runner.Reaches(timeline, otp, "VERIFIED", reason: null);
        await runner.Until(timeline, otp, seen => seen.Deliveries?.Any(IsSent) == true, "no delivery is SENT, DELIVERED or READ");
    });

    public Task<Timeline> Expired()
    {
        var soon = NewRecipients.RequestFor("sms") with { Ttl = (int)ShortestLifetime.TotalSeconds };
        return runner.Play("sms, expired", soon, async (timeline, otp, request) =>
        {
            await runner.ReceivedPin(timeline, request);
            await Task.Delay(ShortestLifetime - TimeSpan.FromSeconds(2), time, token);
            await runner.Reaches(timeline, otp, "EXPIRED", "not_verified");
            timeline.Reached("EXPIRED");
        });
    }

    public Task<Timeline> Cancelled() => runner.Play("sms, cancelled", NewRecipients.RequestFor("sms"), async (timeline, otp, request) =>
    {
        var pin = await runner.ReceivedPin(timeline, request);
        await client.Cancel(otp.OtpId, token);
        timeline.Reached("CANCELLED");
        await runner.Reaches(timeline, otp, "CANCELLED", reason: null);
        MissingException.ThrowUnless(await client.Verify(otp.OtpId, pin, token) != 0, "a cancelled OTP was verified");
        timeline.Reached("its PIN is refused");
    });

    public Task<Timeline> FailedByWrongPins() =>
        runner.Play("sms, failed by wrong PINs", NewRecipients.RequestFor("sms") with { MaxAttempts = 3 }, async (timeline, otp, request) =>
    {
        var wrong = AnotherThan(await runner.ReceivedPin(timeline, request));
        for (var attempt = 1; attempt <= request.MaxAttempts; attempt++)
        {
            var code = await client.Verify(otp.OtpId, wrong, token);
            var expected = attempt < request.MaxAttempts ? WrongPin : LastAttemptUsed;
            MissingException.ThrowUnless(code == expected, $"wrong PIN {attempt} is answered with code {code}, not {expected}");
            timeline.Reached($"wrong PIN {attempt} of {request.MaxAttempts}");
        }

        await runner.Reaches(timeline, otp, "FAILED", "max_attempts");
        timeline.Reached("FAILED");
    });

    public Task<Timeline> FailedAsUndeliverable() =>
        runner.Play("sms, failed as undeliverable", new OtpRequest("sms", RefusedRecipient), async (timeline, otp, _) =>
    {
        await runner.Reaches(timeline, otp, "FAILED", "undeliverable");
        timeline.Reached("FAILED");
    });

    private static string AnotherThan(string pin) => string.Concat(pin[..^1], pin[^1] == '7' ? "3" : "7");

    private static bool IsSent(Delivery delivery) => delivery.Status is "SENT" or "DELIVERED" or "READ";
}
