using System.Collections.Concurrent;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>Secrets in commands from the bus.</summary>
internal static class BusSecrets
{
    private const string BusTextMark = "TimbuktuNumbat";
    private const string InCommand = "CMDPN6JX3K";
    private const string InBadCommand = "BADCM9TR5W";

    /// <summary>Commands from the bus, good and bad, with secrets wherever a producer may put them.</summary>
    public static async Task PlantAsync(RunningPipeline pipeline, PlantedSecrets planted)
    {
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var recipient = planted.AddSent(Recipients.Next());
        var accepted = await client.CallAsync("request-otp", client.Command(
            ("phoneNumber", recipient), ("template", planted.AddSent(BusTextMark) + " {{pin}}"), ("pinType", "alphanumeric"),
            ("pinLength", 10)));
        var pin = planted.AddSent(await pipeline.Sandbox.PinAsync(recipient));
        planted.AddSent(InCommand);
        planted.AddSent(InBadCommand);
        (await client.CallAsync("verify-otp", client.Command(("otpId", accepted.OtpId), ("pin", InCommand)))).Code.ShouldBe(2029);
        (await client.CallAsync("verify-otp", client.Command(("otpId", accepted.OtpId), ("pin", pin)))).Type.ShouldBe("OtpVerified");
        await client.CallAsync(
            "request-otp", client.Command(("phoneNumber", InBadCommand), ("ttl", InBadCommand), ("otpCallbackUrl", InBadCommand)));
        await client.CallAsync("request-otp", $"{{\"applicationId\":\"{InBadCommand}\",\"{InBadCommand}\":1}}");
        await client.CallAsync("verify-otp", client.Command(("otpId", InBadCommand), ("pin", new[] { InBadCommand })));
        foreach (var queue in new[] { "request-otp", "verify-otp", "cancel-otp", "request-otp-dead" })
        {
            foreach (var body in new[]
            {
                $"{{\"pin\":\"{InBadCommand}\"",
                $"[\"{InBadCommand}\"]",
                $"pin={InBadCommand}",
                $"{{\"messageType\":[\"urn:message:{InBadCommand}\"],\"message\":{{\"otpId\":\"{InBadCommand}\",\"phoneNumber\":\"{recipient}\"}}}}",
            })
            {
                await client.SendAsync(queue, body, new BasicProperties
                {
                    MessageId = $"{InBadCommand}-{Guid.NewGuid():N}",
                    ContentType = $"text/{InBadCommand}",
                    Type = InBadCommand,
                    Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [InBadCommand] = InBadCommand },
                });
            }
        }

        await Eventually.Until(
            async () => await pipeline.Database.CountAsync("dead_letters WHERE queue <> 'otp-sms'") == 16,
            "every bad command is a dead letter");
    }
}

/// <summary>What was planted, to be searched for everywhere.</summary>
internal sealed class PlantedSecrets
{
    private readonly ConcurrentDictionary<string, bool> _all = new(StringComparer.Ordinal);

    // What a producer sends to the broker lies in the broker's own log as it was sent; that is not ours to seal.
    private readonly ConcurrentDictionary<string, bool> _sent = new(StringComparer.Ordinal);

    public IEnumerable<string> All => _all.Keys;

    public bool WasSentByProducer(string secret) => _sent.ContainsKey(secret);

    public string AddSent(string secret)
    {
        _sent[secret.TrimStart('+')] = true;
        return Add(secret);
    }

    public string Add(string secret)
    {
        // A phone number also without its '+', as an address or a log might have it.
        _all[secret.TrimStart('+')] = true;
        return secret;
    }
}
