using OtpPipeline.Demo.Gateway;

namespace OtpPipeline.Demo;

/// <summary>How a PIN still arrives: by the next provider, on the next channel, sent again; and the receipt that says so.</summary>
internal sealed class DeliveryScenarios(
    ScenarioRunner runner, PipelineClient client, GatewayClient? gateway, TimeProvider time, CancellationToken token)
{
    /// <summary>The sandbox and the demo's mail server both refuse it.</summary>
    private const string RefusedMailbox = "refused@sandbox.example";

    /// <summary>The sandbox reports it as delivered.</summary>
    private const string ReceivingNumber = "+15005550007";
    private const int TooSoon = 2131;

    /// <summary>The first provider of the route to Germany cannot be reached; the second one delivers.</summary>
    public Task<Timeline> NextProvider() =>
        runner.Play("sms, fallback to the next provider", new("sms", NewRecipients.GermanNumber), async (timeline, otp, request) =>
    {
        var pin = await runner.ReceivedPin(timeline, request);
        await runner.Until(
            timeline, otp, seen => seen.Deliveries is [{ Provider: "down", Status: "FAILED" }, { Provider: "gateway", Status: "SENT" }],
            "the provider 'down' did not fail, or the provider 'gateway' did not deliver");
        timeline.Reached("FALLBACK: 'down' failed, 'gateway' sent");
        await Verify(timeline, otp, pin);
    });

    /// <summary>The mailbox of the first step is unknown; the second step of the plan sends an SMS.</summary>
    public Task<Timeline> NextChannel()
    {
        var request = new OtpRequest(null, NewRecipients.FrenchNumber, RefusedMailbox, Channels: ["email", "sms"]);
        return runner.Play("email then sms, fallback to the next channel", request, async (timeline, otp, _) =>
        {
            var pin = await runner.ReceivedPin(timeline, "sms", request.PhoneNumber!);
            await runner.Until(
                timeline, otp,
                seen => seen.Deliveries is [{ Channel: "email", Step: 1, Status: "FAILED" }, { Channel: "sms", Step: 2, Status: "SENT" }],
                "the e-mail was not refused, or no SMS followed it");
            timeline.Reached("FALLBACK: e-mail refused, SMS sent");
            await Verify(timeline, otp, pin);
        });
    }

    /// <summary>The provider reports that the message arrived; with the gateway a forged report comes first.</summary>
    public Task<Timeline> Receipt()
    {
        var request = new OtpRequest("sms", gateway is null ? ReceivingNumber : NewRecipients.BritishNumber);
        return runner.Play("sms, receipt", request, async (timeline, otp, _) =>
        {
            var pin = await runner.ReceivedPin(timeline, request);
            if (gateway is not null)
            {
                var sent = await runner.Find(
                    async () => await gateway.ReceiptsAsync(request.Recipient, token) is { Count: 2 } both ? both : null,
                    "the gateway sent no receipts");
                MissingException.ThrowUnless(
                    sent is [{ Forged: true, Answer: 404 }, { Forged: false, Answer: 200 }],
                    $"the receipts were answered with {string.Join(" and ", sent.Select(r => r.Answer))}, not 404 and 200");
                timeline.Reached("forged receipt: 404, signed receipt: 200");
            }

            await runner.Until(timeline, otp, seen => seen.Deliveries is [{ Status: "DELIVERED" }], "the delivery is not DELIVERED");
            timeline.Reached("RECEIPT: the delivery is DELIVERED");
            await Verify(timeline, otp, pin);
        });
    }

    public Task<Timeline> Resent() => runner.Play("sms, sent again", NewRecipients.RequestFor("sms"), async (timeline, otp, request) =>
    {
        var first = await runner.ReceivedPin(timeline, request);
        var answer = await client.Resend(otp.OtpId, token);
        if (answer.Code == TooSoon)
        {
            timeline.Reached($"too soon to send again: {answer.RetryAfter.TotalSeconds:0} s");
            await Task.Delay(answer.RetryAfter, time, token);
            answer = await client.Resend(otp.OtpId, token);
        }

        MissingException.ThrowUnless(answer.Otp is not null, $"the resend is refused with code {answer.Code}");
        timeline.Reached($"resend accepted, {answer.Otp!.ResendsLeft} left");
        var second = await runner.ReceivedPin(timeline, "sms", request.Recipient, messages: 2);
        MissingException.ThrowUnless(string.Equals(first, second, StringComparison.Ordinal), "the PIN changed");
        await runner.Until(
            timeline, otp, seen => seen.Deliveries is [{ Resend: false }, { Resend: true, Status: "SENT" }],
            "the second delivery is not SENT");
        timeline.Reached("RESEND: the same PIN arrived twice");
        await Verify(timeline, otp, second);
    });

    private async Task Verify(Timeline timeline, Otp otp, string pin)
    {
        MissingException.ThrowUnless(await client.Verify(otp.OtpId, pin, token) == 0, "the PIN that was sent is not accepted");
        timeline.Reached("VERIFIED");
        await runner.Reaches(timeline, otp, "VERIFIED", reason: null);
    }
}
