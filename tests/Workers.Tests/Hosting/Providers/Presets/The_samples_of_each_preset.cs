using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Presets;
using OtpPipeline.Hosting.Providers.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Sns;
using OtpPipeline.Hosting.Providers.Signatures;
using OtpPipeline.Tests.Shared;
using OtpPipeline.Workers.Providers.Http;
using OtpPipeline.Workers.Tests.Hosting.Providers.Signatures;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>Replays samples.json of each folder in src/Hosting/Providers/Presets.</summary>
public sealed class The_samples_of_each_preset
{
    public static TheoryData<string> Presets => [.. PresetSample.Names];

    public static TheoryData<string, int> Requests => Each("requests");

    public static TheoryData<string, int> Answers => Each("answers");

    public static TheoryData<string, int> Receipts => Each("receipts");

    public static TheoryData<string, int> Feedback => Each("feedback");

    [Fact]
    public void Are_there_for_each_preset_of_the_product() =>
        PresetSample.Names.ShouldBe(
            [
                "360dialog",
                "aws-sms",
                "beem-sms",
                "gupshup-sms",
                "http-telegram-notify",
                "infobip-sms",
                "kannel",
                "mailgun",
                "messagebird-sms",
                "plivo-sms",
                "plivo-voice",
                "postmark",
                "sendgrid",
                "ses-smtp",
                "sinch-sms",
                "smscx-sms",
                "telegram-bot",
                "telegram-gateway",
                "telnyx-sms",
                "twilio-sms",
                "twilio-voice",
                "twilio-whatsapp",
                "vonage-sms",
                "vonage-voice",
                "whatsapp-cloud",
                "yate-ussd",
            ]);

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task What_is_sent(string preset, int index)
    {
        var sample = PresetSample.Of(preset);
        var expected = sample.All("requests").ElementAt(index);
        await using var server = await HttpReceiver.StartAsync();
        await using var host = Host(sample.Keys(expected, server.Url));

        await host.SendAsync(PresetSample.Message(expected));

        var got = server.Single;
        PresetSample.Compare(expected, got.Method, got.Target, name => got.Headers.GetValueOrDefault(name), got.Body);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task What_an_answer_means(string preset, int index)
    {
        var sample = PresetSample.Of(preset);
        var answer = sample.All("answers").ElementAt(index);
        await using var server = await HttpReceiver.StartAsync();
        await using var host = Host(sample.Keys(server: server.Url));
        server.Says(
            answer["status"]!.GetValue<int>(),
            answer["body"] is JsonValue text ? text.GetValue<string>() : answer["body"]!.ToJsonString(),
            [.. (answer["headers"]?.AsObject() ?? []).Select(h => (h.Key, h.Value!.GetValue<string>()))]);

        var outcome = await host.SendAsync(PresetSample.Message(null));

        outcome.GetType().Name.ShouldBe(answer["outcome"]!.GetValue<string>(), outcome.ToString());
        outcome.Cause.ShouldBe(answer["reason"]?.GetValue<string>());
        ((outcome as SendOutcome.Accepted)?.ProviderMessageId).ShouldBe(answer["id"]?.GetValue<string>());
        (outcome.Wait?.TotalSeconds).ShouldBe(answer["wait"]?.GetValue<double>());
        host.Logs.ShouldNotContain(l => l.Contains("4711") || l.Contains("of-a-sample") || l.Contains("612246400"));
    }

    [Theory]
    [MemberData(nameof(Receipts))]
    public async Task What_a_receipt_says(string preset, int index)
    {
        var sample = PresetSample.Of(preset);
        var receipt = sample.All("receipts").ElementAt(index);

        var reading = await Reader(sample.Keys(receipt), sample.Root["certificates"]?.AsObject())
            .ReadAsync(PresetSample.Request(receipt), PresetSample.Now.UtcDateTime, TestContext.Current.CancellationToken);

        (reading.Problem?.ToString()).ShouldBe(receipt["problem"]?.GetValue<string>());
        (reading.Reply?.Body).ShouldBe(receipt["reply"]?.GetValue<string>());
        reading.Receipts.ShouldBe((receipt["receipts"]?.AsArray() ?? []).Select(r => Receipt(r!.AsObject())));
    }

    [Theory]
    [MemberData(nameof(Feedback))]
    public async Task What_is_reported_back(string preset, int index)
    {
        var sample = PresetSample.Of(preset);
        var expected = sample.All("feedback").ElementAt(index);
        var entry = Entry(sample.Keys(expected));
        var description = new HttpDescription(EntryReader.Read<HttpProviderOptions>(entry.Section, entry.Problems), entry, entry.Problems);

        using var request = description.Feedback!.Write(new(
            PresetSample.DeliveryId, Channel.Sms, PresetSample.Of(preset).Name, expected["messageId"]!.GetValue<string>(),
            expected["verified"]!.GetValue<bool>(), PresetSample.Now.UtcDateTime), PresetSample.Now.UtcDateTime)!;

        entry.Problems.Sentences.ShouldBeEmpty();
        PresetSample.Compare(
            expected, request.Method.Method, request.RequestUri!.PathAndQuery, name => Header(request.Headers, name),
            await request.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void A_copy_named_by_its_path_is_the_same_preset(string preset)
    {
        var copy = Path.Combine(AppContext.BaseDirectory, "presets", preset, "preset.json");

        ProviderHost.Refusals(PresetSample.Of(preset).Keys().With(("Type", copy), ("Api:PublicUrl", PresetSample.PublicUrl)))
            .ShouldBeEmpty();
    }

    private static ProviderHost Host(Dictionary<string, string?> keys) =>
        new(keys.With(("Api:PublicUrl", PresetSample.PublicUrl)), time: new FakeTimeProvider(PresetSample.Now));

    /// <param name="keys">The entry's.</param>
    /// <param name="certificates">By their address; what else is fetched is not found.</param>
    private static IReceiptReader Reader(Dictionary<string, string?> keys, JsonObject? certificates) =>
        new ServiceCollection().AddProviderReceipts(Configuration(keys), new SnsServer(new AwsStub(certificates ?? [])))
            .BuildServiceProvider().GetRequiredService<IReceiptReader>();

    private static ProviderEntry Entry(Dictionary<string, string?> keys) => ProviderEntries.Read(Configuration(keys)).Single();

    private static IConfiguration Configuration(Dictionary<string, string?> keys) => ProviderHost.Configuration(
        keys.With(("Api:PublicUrl", PresetSample.PublicUrl)));

    private static Receipt Receipt(JsonObject receipt) => new(
        Enum.Parse<ReceiptStatus>(receipt["status"]!.GetValue<string>()), receipt["reason"]?.GetValue<string>(),
        receipt["id"]?.GetValue<string>(), receipt["reference"]?.GetValue<string>(),
        receipt["at"]?.GetValue<DateTimeOffset>().UtcDateTime);

    private static string? Header(HttpRequestHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static TheoryData<string, int> Each(string part)
    {
        var data = new TheoryData<string, int>();
        foreach (var name in PresetSample.Names)
        {
            for (var i = 0; i < PresetSample.Of(name).All(part).Count(); i++)
            {
                data.Add(name, i);
            }
        }

        return data;
    }
}
