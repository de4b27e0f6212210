using System.Text.Json;
using OtpPipeline.Demo.Callbacks;
using OtpPipeline.Demo.Gateway;

namespace OtpPipeline.Demo;

/// <summary>Requests the OTP of a scenario, waits for what it names, and checks the callback for the OTP's end.</summary>
/// <param name="client">The pipeline.</param>
/// <param name="gateway">Where SMS and e-mails arrive; null if the sandbox serves those channels too.</param>
/// <param name="callbacks">Where callbacks arrive, and the signature check; null if the run has no callbacks.</param>
/// <param name="time">The clock.</param>
/// <param name="token">Cancelled at the end of the demo.</param>
internal sealed class ScenarioRunner(
    PipelineClient client, GatewayClient? gateway, (CallbackReceiver Receiver, SignatureCheck Signatures)? callbacks, TimeProvider time,
    CancellationToken token)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public async Task<Timeline> Play(string title, OtpRequest request, Func<Timeline, Otp, OtpRequest, Task> story)
    {
        var timeline = new Timeline(title, request.Recipient);
        try
        {
            var otp = await client.Request(request with { OtpCallbackUrl = callbacks?.Receiver.Url }, token);
            timeline.RequestedAt = otp.DateCreated;
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

    public Task<string> ReceivedPin(Timeline timeline, OtpRequest request) => ReceivedPin(timeline, request.Channel!, request.Recipient);

    /// <summary>Polls until this many messages for a recipient have arrived, and returns the newest one's PIN.</summary>
    public async Task<string> ReceivedPin(Timeline timeline, string channel, string recipient, int messages = 1)
    {
        var throughGateway = IsServedByGateway(channel);
        var pins = await Find(
            async () => await Pins(channel, recipient, timeline.RequestedAt) is { } all && all.Count >= messages ? all : null,
            $"{(throughGateway ? "the gateway" : "the sandbox")} has no {channel} message number {messages}");
        timeline.Reached((throughGateway ? $"{channel} arrived" : $"at the provider of {channel}") + (messages > 1 ? " again" : ""));
        return pins[0];
    }

    /// <summary>Polls until a look finds something.</summary>
    public async Task<T> Find<T>(Func<Task<T?>> look, string otherwise)
        where T : class
    {
        var deadline = time.GetUtcNow() + Patience;
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            MissingException.ThrowUnless(time.GetUtcNow() < deadline, $"{otherwise} after {Patience.TotalSeconds:0} s");
            await Task.Delay(Pause, time, token);
        }
    }

    public Task Reaches(Timeline timeline, Otp otp, string status, string? reason) =>
        Until(timeline, otp, seen => IsIn(seen, status, reason), $"GET does not show {status} {reason}".TrimEnd());

    public async Task Until(Timeline timeline, Otp otp, Predicate<Otp> reached, string otherwise) => await Find(
        async () =>
        {
            timeline.Last = await client.Get(otp.OtpId, token);
            return reached(timeline.Last) ? timeline.Last : null;
        },
        otherwise);

    private bool IsServedByGateway(string channel) => gateway is not null && GatewayClient.Serves(channel);

    /// <summary>The PINs of the messages that a recipient got on a channel, newest first.</summary>
    private async Task<IReadOnlyList<string>> Pins(string channel, string recipient, DateTimeOffset since) => IsServedByGateway(channel)
        ? await gateway!.PinsAsync(channel, recipient, token)
        : [.. (await client.Messages(recipient, token))
            .Where(m => m.SentAt >= since && string.Equals(m.Channel, channel, StringComparison.Ordinal))
            .Select(m => m.Pin).OfType<string>().Where(pin => pin.Length > 0)];

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
        MissingException.ThrowUnless(callback.Event is "otp_update", $"the callback's event is {callback.Event}");
        MissingException.ThrowUnless(
            callback.Sequence > 1 && callback.Sequence <= timeline.Last.Sequence,
            $"the callback's sequence is {callback.Sequence}, the OTP's {timeline.Last.Sequence}");
        MissingException.ThrowUnless(signatures.IsGenuine(callback), "the callback's signature is wrong");
        timeline.Reached("its signature is right");
    }

    private static bool IsIn(Otp otp, string status, string? reason) =>
        string.Equals(otp.Status, status, StringComparison.Ordinal)
            && (reason is null || string.Equals(otp.Reason, reason, StringComparison.Ordinal));
}
