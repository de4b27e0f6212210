using System.Text;
using System.Text.Json;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>Plants PINs, texts and recipients in every way that a caller has, then searches everything that was written.</summary>
public sealed class No_secret_in_any_store
{
    // Rare enough that a hit is a find: ten letters and digits; and marks inside the caller-given text.
    private const string TextMark = "ZanzibarQuokka";
    private const string WrongPin = "WRNGQ7XK2V";
    private const string InQuery = "QRYPN8ZT4W";
    private const string InPath = "PTHPN3YM6R";
    private const string InBrokenJson = "BRKJS5HD9C";
    private const string InBadField = "BADFL4GT7N";
    private const string MetadataMark = "MetaMarmosetXQ";
    private const string UrlMark = "CallbackOkapiZW";

    [Fact]
    public async Task Whatever_was_planted_is_found_nowhere()
    {
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            OwnBroker = true,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Serilog:MinimumLevel:Default"] = "Verbose",
                ["Serilog:MinimumLevel:Override:Microsoft"] = "Verbose",
                ["Serilog:MinimumLevel:Override:MassTransit"] = "Verbose",
                ["Serilog:MinimumLevel:Override:System"] = "Verbose",
                ["Logging:LogLevel:Default"] = "Trace",
                ["Api:PublicUrl"] = "https://otp.example.com",
                ["Applications:0:Settings:OtpCallbackUrl"] = $"https://subscriber.example/{UrlMark}",
            },
        });
        var planted = new PlantedSecrets();
        planted.Add(UrlMark);
        await DeliverAsync(pipeline, planted);
        await MisuseAsync(pipeline, planted);
        await PoisonQueuesAsync(pipeline);
        await BusSecrets.PlantAsync(pipeline, planted);
        await PerfumerlabsSecrets.PlantAsync(pipeline, planted);
        await DieAndComeBackAsync(pipeline, planted);

        // One more, left alone, so that the search sees an open OTP too; and one whose command never leaves its queue.
        await AcceptAsync(pipeline, planted, "sms");
        await pipeline.Workers[^1].StopAsync();
        await pipeline.RequestAsync(new { phoneNumber = planted.Add(Recipients.Next()), template = $"{TextMark} {{{{pin}}}}" });
        var ready = await pipeline.Client.ReadAsync("health/ready");
        await Eventually.Until(async () => await pipeline.Database.CountAsync("outbox_messages") == 0, "the commands are published");
        var messages = await EveryStore.QueuesAsync(pipeline);
        await pipeline.Apis[0].StopAsync();
        var tables = await EveryStore.TablesAsync(pipeline);
        await pipeline.RabbitMq!.StopAsync();

        tables.Count.ShouldBeGreaterThan(9);
        messages["otp-sms_error"].ShouldNotBeEmpty();
        messages["verify-otp_error"].ShouldNotBeEmpty();
        messages["request-otp_error"].ShouldNotBeEmpty();
        (await pipeline.Database.CountAsync("dead_letters WHERE original IS NOT NULL")).ShouldBeGreaterThan(10);
        messages["otp-sms"].ShouldNotBeEmpty();
        var finds = new List<string>();
        foreach (var secret in planted.All)
        {
            EveryStore.Search(tables, "table", secret, finds);
            EveryStore.Search(messages, "queue", secret, finds);
            EveryStore.Search(EveryStore.Files(pipeline.Logs), "log", secret, finds);
            if (!planted.WasSentByProducer(secret))
            {
                EveryStore.Search(EveryStore.Files(pipeline.RabbitMq.Folder), "broker's file", secret, finds);
            }

            EveryStore.Search(
                new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["health"] = Encoding.UTF8.GetBytes(ready.Text) }, "page", secret,
                finds);
        }

        finds.ShouldBeEmpty();
    }

    private static async Task DeliverAsync(RunningPipeline pipeline, PlantedSecrets planted)
    {
        foreach (var channel in new[] { "sms", "email", "telegram", "call", "whatsapp", "ussd" })
        {
            var (otp, pin) = await AcceptAsync(pipeline, planted, channel);
            (await pipeline.Client.VerifyAsync(otp, planted.Add(WrongPin))).Code.ShouldBe(2029);
            (await pipeline.Client.VerifyAsync(otp, pin)).Status.ShouldBe(200);
        }

        // Refused, throttled, lost: their errors are written too.
        foreach (var recipient in new[] { Recipients.Refused, Recipients.Throttled, Recipients.AnswerLost, Recipients.Slow })
        {
            await pipeline.RequestAsync(
                new { phoneNumber = planted.Add(recipient), template = $"{TextMark} {{{{pin}}}}", pinType = "alphanumeric", pinLength = 10 });
        }
    }

    private static async Task<(Guid OtpId, string Pin)> AcceptAsync(RunningPipeline pipeline, PlantedSecrets planted, string channel)
    {
        var (phoneNumber, email, chatId) = (
            planted.Add(Recipients.Next()), planted.Add(Recipients.NextEmail()), planted.Add(Recipients.NextChat()));
        var template = planted.Add(TextMark) + " {{pin}}";

        // Events carry it to whoever subscribes, so it passes the broker.
        var metadata = new { note = planted.AddSent(MetadataMark) };
        var otp = await pipeline.RequestAsync(channel switch
        {
            "email" => new { channel, email, template, metadata, pinType = "alphanumeric", pinLength = 10 },
            "telegram" => new { channel, chatId, template, metadata, pinType = "alphanumeric", pinLength = 10 },
            _ => (object)new { channel, phoneNumber, template, metadata, pinType = "alphanumeric", pinLength = 10 },
        });
        return (
            otp, planted.Add(await pipeline.Sandbox.PinAsync(channel switch { "email" => email, "telegram" => chatId, _ => phoneNumber })));
    }

    /// <summary>Secrets where they do not belong.</summary>
    private static async Task MisuseAsync(RunningPipeline pipeline, PlantedSecrets planted)
    {
        foreach (var secret in new[] { InQuery, InPath, InBrokenJson, InBadField })
        {
            planted.Add(secret);
        }

        var (otp, _) = await AcceptAsync(pipeline, planted, "sms");
        await pipeline.Client.PostTextAsync($"otp/{otp}?pin={InQuery}", "");
        await pipeline.Client.ReadAsync($"otp/{otp}?pin={InQuery}");
        await pipeline.Client.ReadAsync($"otp/{InPath}");
        await pipeline.Client.ReadAsync($"r/{InPath}?code={InQuery}");
        await pipeline.Client.PostTextAsync($"r/providers/{InPath}", "{}");
        await pipeline.Client.PostTextAsync($"otp/{otp}/{InPath}", "{}");
        await pipeline.Client.PostTextAsync($"{InPath}/verify?code={InQuery}", "{}");
        await pipeline.Client.PostTextAsync($"otp/{otp}", $"{{\"pin\":\"{InBrokenJson}\"");
        await pipeline.Client.PostTextAsync($"otp/{otp}", $"{{\"pin\":[\"{InBrokenJson}\"]}}");
        await pipeline.Client.PostTextAsync($"otp/{otp}", $"pin={InBrokenJson}", "application/x-www-form-urlencoded");
        await pipeline.Client.PostTextAsync("otp", $"{{\"phoneNumber\":\"+33612246400\",\"template\":\"{InBrokenJson} {{{{pin}}}}");
        foreach (var field in new[] { "channel", "ttl", "maxAttempts", "pinType", "pinLength", "trackId", "from", "otpCallbackUrl", "locale", "phoneNumber", "countryIso" })
        {
            await pipeline.Client.PostTextAsync(
                "otp", JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { [field] = InBadField }));
        }

        await pipeline.Client.RequestAsync(new { phoneNumber = Recipients.Next() }, InBadField);
    }

    /// <summary>Bad commands that bear secrets, on the queues of the pipeline.</summary>
    private static async Task PoisonQueuesAsync(RunningPipeline pipeline)
    {
        await using var connection = await new ConnectionFactory { Uri = pipeline.Broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var body in new[] { "{\"otpId\":\"no-uuid\"}", "not json", "", "[]", "{\"otpId\":42,\"channel\":[]}" })
        {
            await channel.BasicPublishAsync(OtpBusTopology.OtpRequestedExchange, "sms", Encoding.UTF8.GetBytes(body));
        }

        await Eventually.Until(
            async () =>
            {
                await using var look = await connection.CreateChannelAsync();
                return await EveryStore.CountAsync(look, "otp-sms_error") > 0;
            },
            "a bad command is in the error queue");
    }

    /// <summary>The database away in the middle of things: what failed is logged.</summary>
    private static async Task DieAndComeBackAsync(RunningPipeline pipeline, PlantedSecrets planted)
    {
        await Load.AtOnceAsync(20, async i =>
        {
            if (i % 5 == 4)
            {
                await pipeline.Database.ExecuteAsync(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name " +
                    "SIMILAR TO '(api|workers)%'");
                return new HostAnswer(0, "");
            }

            return await pipeline.Client.RequestAsync(
                new { phoneNumber = planted.Add(Recipients.Next()), template = $"{TextMark} {{{{pin}}}}" });
        });
        await Eventually.Until(
            async () => (
                await pipeline.Client.RequestAsync(new { phoneNumber = Recipients.Next() })).Status == 201, "the database is back");
    }
}
