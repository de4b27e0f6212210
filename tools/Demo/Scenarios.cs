using System.Security.Cryptography;
using System.Text.Json;
using OtpPipeline.Demo.Callbacks;
using OtpPipeline.Demo.Gateway;

namespace OtpPipeline.Demo;

/// <summary>One method for each fate of an OTP. Each run uses new recipients, so that no limit per recipient is reached.</summary>
/// <param name="client">The pipeline.</param>
/// <param name="gateway">Where SMS and e-mails arrive; null if the sandbox serves those channels too.</param>
/// <param name="callbacks">Where callbacks arrive, and the signature check; null if the run has no callbacks.</param>
/// <param name="time">The clock.</param>
/// <param name="token">Cancelled at the end of the demo.</param>
internal sealed class Scenarios(
    PipelineClient client, GatewayClient? gateway, (CallbackReceiver Receiver, SignatureCheck Signatures)? callbacks, TimeProvider time,
    CancellationToken token)
{
    public static readonly IReadOnlyList<string> Channels = ["sms", "email", "telegram", "call", "whatsapp", "ussd"];

    /// <summary>The shortest lifetime that POST /otp accepts.</summary>
    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(60);

    private const string RefusedRecipient = "+15005550002";
    private const int WrongPin = 2029;
    private const int LastAttemptUsed = 2027;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public Task<Timeline> Verified(string channel) => Play($"{channel}, verified", RequestFor(channel), async (timeline, otp, request) =>
    {
        var pin = await ReceivedPin(timeline, request);
        Expect(await client.Verify(otp.OtpId, pin, token) == 0, "the PIN that was sent is not accepted");
        timeline.Reached("VERIFIED");
        await Reaches(timeline, otp, "VERIFIED", reason: null, Patience);
        await Until(timeline, otp, seen => seen.Deliveries?.Any(IsSent) == true, "no delivery is SENT, DELIVERED or READ", Patience);
    });

    public Task<Timeline> Expired() =>
        Play("sms, expired", RequestFor("sms") with { Ttl = (int)ShortestLifetime.TotalSeconds }, async (timeline, otp, request) =>
    {
        await ReceivedPin(timeline, request);
        await Task.Delay(ShortestLifetime - TimeSpan.FromSeconds(2), time, token);
        await Reaches(timeline, otp, "EXPIRED", "not_verified", Patience);
        timeline.Reached("EXPIRED");
    });

    public Task<Timeline> Cancelled() => Play("sms, cancelled", RequestFor("sms"), async (timeline, otp, request) =>
    {
        var pin = await ReceivedPin(timeline, request);
        await client.Cancel(otp.OtpId, token);
        timeline.Reached("CANCELLED");
        await Reaches(timeline, otp, "CANCELLED", reason: null, Patience);
        Expect(await client.Verify(otp.OtpId, pin, token) != 0, "a cancelled OTP was verified");
        timeline.Reached("its PIN is refused");
    });

    public Task<Timeline> FailedByWrongPins() =>
        Play("sms, failed by wrong PINs", RequestFor("sms") with { MaxAttempts = 3 }, async (timeline, otp, request) =>
    {
        var wrong = AnotherThan(await ReceivedPin(timeline, request));
        for (var attempt = 1; attempt <= request.MaxAttempts; attempt++)
        {
            var code = await client.Verify(otp.OtpId, wrong, token);
            var expected = attempt < request.MaxAttempts ? WrongPin : LastAttemptUsed;
            Expect(code == expected, $"wrong PIN {attempt} is answered with code {code}, not {expected}");
            timeline.Reached($"wrong PIN {attempt} of {request.MaxAttempts}");
        }

        await Reaches(timeline, otp, "FAILED", "max_attempts", Patience);
        timeline.Reached("FAILED");
    });

    public Task<Timeline> FailedAsUndeliverable() =>
        Play("sms, failed as undeliverable", new OtpRequest("sms", RefusedRecipient), async (timeline, otp, _) =>
    {
        await Reaches(timeline, otp, "FAILED", "undeliverable", Patience);
        timeline.Reached("FAILED");
    });

    private async Task<Timeline> Play(string title, OtpRequest request, Func<Timeline, Otp, OtpRequest, Task> story)
    {
        var timeline = new Timeline(title, request.Recipient);
        try
        {
            var otp = await client.Request(request with { OtpCallbackUrl = callbacks?.Receiver.Url }, token);
            timeline.Reached("accepted");
            await story(timeline, otp, request);
            await CalledBack(timeline, otp);
        }
        catch (Exception broken) when (
            broken is RefusedException or MissingException or HttpRequestException or JsonException or OperationCanceledException)
        {
            timeline.Missing = broken is OperationCanceledException ? "an answer in time" : broken.Message;
        }

        return timeline;
    }

    /// <summary>Polls until a message for this recipient arrives, and returns its PIN.</summary>
    private async Task<string> ReceivedPin(Timeline timeline, OtpRequest request)
    {
        var throughGateway = gateway is not null && GatewayClient.Serves(request.Channel);
        var pin = await Find(
            async () => throughGateway ? await gateway!.PinAsync(request.Channel, request.Recipient, token) : await SandboxPin(request),
            $"{(throughGateway ? "the gateway" : "the sandbox")} has no {request.Channel} message");
        timeline.Reached(throughGateway ? $"{request.Channel} arrived" : $"at the provider of {request.Channel}");
        return pin;
    }

    private async Task<string?> SandboxPin(OtpRequest request)
    {
        var messages = await client.Messages(request.Recipient, token);
        return messages.FirstOrDefault(
            message => string.Equals(message.Channel, request.Channel, StringComparison.Ordinal))?.Pin is { Length: > 0 } pin
            ? pin
            : null;
    }

    /// <summary>Checks the callback for the OTP's end: its status, its sequence number and its signature.</summary>
    private async Task CalledBack(Timeline timeline, Otp otp)
    {
        if (callbacks is not var (receiver, signatures))
        {
            return;
        }

        timeline.Last = await client.Get(otp.OtpId, token);
        var callback = await Find(
            () => Task.FromResult(receiver.From(otp.OtpId, timeline.Last.Status)), $"no callback says {timeline.Last.Status}");
        timeline.Reached($"callback {callback.Status}, number {callback.Sequence}");

        // Read again: GET reports EXPIRED at once, before the change has its sequence number.
        timeline.Last = await client.Get(otp.OtpId, token);
        Expect(callback.Event is "otp_update", $"the callback's event is {callback.Event}");
        Expect(
            callback.Sequence > 1 && callback.Sequence <= timeline.Last.Sequence,
            $"the callback's sequence is {callback.Sequence}, the OTP's {timeline.Last.Sequence}");
        Expect(signatures.IsGenuine(callback), "the callback's signature is wrong");
        timeline.Reached("its signature is right");
    }

    private async Task<T> Find<T>(Func<Task<T?>> look, string otherwise)
        where T : class
    {
        var deadline = time.GetUtcNow() + Patience;
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            Expect(time.GetUtcNow() < deadline, $"{otherwise} after {Patience.TotalSeconds:0} s");
            await Task.Delay(Pause, time, token);
        }
    }

    private Task Reaches(Timeline timeline, Otp otp, string status, string? reason, TimeSpan patience) =>
        Until(timeline, otp, seen => IsIn(seen, status, reason), $"GET does not show {status} {reason}".TrimEnd(), patience);

    private async Task Until(Timeline timeline, Otp otp, Predicate<Otp> reached, string otherwise, TimeSpan patience)
    {
        var deadline = time.GetUtcNow() + patience;
        while (true)
        {
            timeline.Last = await client.Get(otp.OtpId, token);
            if (reached(timeline.Last))
            {
                return;
            }

            Expect(time.GetUtcNow() < deadline, $"{otherwise} after {patience.TotalSeconds:0} s");
            await Task.Delay(Pause, time, token);
        }
    }

    private static OtpRequest RequestFor(string channel) => channel switch
    {
        "email" => new OtpRequest(channel, Email: $"demo-{Digits(8)}@example.com"),
        "telegram" => new OtpRequest(channel, ChatId: $"4{Digits(9)}"),
        _ => new OtpRequest(channel, PhoneNumber: $"+33612{Digits(6)}"),
    };

    private static string Digits(int count) => RandomNumberGenerator.GetString("0123456789", count);

    private static string AnotherThan(string pin) => string.Concat(pin[..^1], pin[^1] == '7' ? "3" : "7");

    private static bool IsIn(Otp otp, string status, string? reason) =>
        string.Equals(otp.Status, status, StringComparison.Ordinal)
            && (reason is null || string.Equals(otp.Reason, reason, StringComparison.Ordinal));

    private static bool IsSent(Delivery delivery) => delivery.Status is "SENT" or "DELIVERED" or "READ";

    private static void Expect(bool met, string otherwise)
    {
        if (!met)
        {
            throw new MissingException(otherwise);
        }
    }

    private sealed class MissingException(string message) : Exception(message);
}
