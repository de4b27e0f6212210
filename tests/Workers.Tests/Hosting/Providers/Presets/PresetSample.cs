using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Providers.Receipts;
using OtpPipeline.Tests.Shared;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>The file samples.json beside a preset: what is sent for a message, and what answers and receipts mean.</summary>
/// <param name="Name">The preset's.</param>
/// <param name="Root">The file.</param>
internal sealed partial record PresetSample(string Name, JsonObject Root)
{
    public const string PublicUrl = "https://otp.example";
    public const string Token = "AZAAAAAAcACAAAAAAAAAAQABAAHJJJJJJJJJJJJJJJJJJJJJ";
    public static readonly Guid DeliveryId = Guid.Parse("01900000-0000-7000-8000-000000000001");
    public static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    /// <summary>An RSA key in PEM form, for settings of the value RSA.</summary>
    public static string PrivateKey { get; } = CreateKey();

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "presets");

    public static IEnumerable<string> Names =>
        Directory.GetDirectories(Folder).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    public static PresetSample Of(string name) =>
        new(name, JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name, "samples.json")))!.AsObject());

    public IEnumerable<JsonObject> All(string part) => Root[part]?.AsArray().Select(n => n!.AsObject()) ?? [];

    /// <summary>The entry's keys: settings of all samples, changed by this one's, sent to this server.</summary>
    public Dictionary<string, string?> Keys(JsonObject? sample = null, string? server = null)
    {
        var keys = new Dictionary<string, string?> { ["Type"] = Name };
        foreach (var (key, value) in Root["settings"]!.AsObject().Concat(sample?["settings"]?.AsObject() ?? []))
        {
            keys[key] = value?.GetValue<string>() is var text && text is "RSA" ? PrivateKey : text;
        }

        server ??= "http://127.0.0.1:9";
        if (Root["path"] is { } path)
        {
            keys["Url"] = server + path.GetValue<string>();
        }
        else if (Root["mails"] is null)
        {
            keys["BaseUrl"] = server;
        }

        return keys.Where(k => k.Value is not null).ToDictionary();
    }

    /// <summary>The message of a sample as a claim hands it to a provider.</summary>
    public static OutgoingDelivery Message(JsonObject? sample)
    {
        var message = sample?["message"]?.AsObject() ?? new() { ["recipient"] = "+33612246400", ["text"] = "Your code is 4711" };
        string? Text(string name) => message[name]?.GetValue<string>();
        var delivery = Messages.To(
            Text("recipient")!, Channel.Sms, Text("text")!, Text("pin") ?? "4711", Text("from") ?? "Tests", null,
            message["attempt"]?.GetValue<int>() ?? 1, DeliveryId);
        return delivery with
        {
            Message = Text("subject") is { } subject ? new CallerMessage(Text("text")!, subject, Text("html")) : null,
            Details = delivery.Details with { Locale = Text("locale") },
            ExpiresAt = Now.UtcDateTime.AddSeconds(message["seconds"]?.GetValue<int>() ?? 300),
            ReceiptUrl = $"{PublicUrl}/r/{Token}",
            ReceiptToken = Token,
        };
    }

    /// <summary>The request of a receipt.</summary>
    public static ReceiptRequest Request(JsonObject receipt)
    {
        var headers = (receipt["headers"]?.AsObject() ?? []).Select(h => KeyValuePair.Create(h.Key, Text(h.Value))).ToList();
        var body = receipt["text"]?.GetValue<string>() ?? receipt["json"]?.ToJsonString() ?? "";
        if (receipt["form"] is { } form)
        {
            body = string.Join(
                '&', form.AsObject().Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value!.GetValue<string>())}"));
            headers.Add(new("Content-Type", "application/x-www-form-urlencoded"));
        }
        else if (receipt["json"] is not null)
        {
            headers.Add(new("Content-Type", "application/json"));
        }

        return new(
            receipt["method"]!.GetValue<string>(), new(Text(receipt["url"])), headers, Encoding.UTF8.GetBytes(body))
        {
            Token = receipt["token"] is null ? null : new ReceiptToken(Guid.Empty, 1, 1),
        };
    }

    /// <summary>Compares everything that the sample names with the request.</summary>
    public static void Compare(JsonObject expected, string method, string target, Func<string, string?> header, string body)
    {
        var query = target.Split('?');
        if (expected["method"] is { } verb)
        {
            method.ShouldBe(verb.GetValue<string>());
        }

        if (expected["target"] is { } path)
        {
            query[0].ShouldBe(path.GetValue<string>());
        }

        foreach (var (name, value) in expected["headers"]?.AsObject() ?? [])
        {
            header(name).ShouldBe(Text(value), name);
        }

        if (expected["script"] is { } script)
        {
            body = WithoutScript(body, script["secret"]!.GetValue<string>(), script["text"]!.GetValue<string>());
        }

        if (expected["form"] is { } form)
        {
            Pairs(body).ShouldBe(Pairs(form.AsObject()));
        }

        if (expected["query"] is { } parameters)
        {
            Pairs(query[1]).ShouldBe(Pairs(parameters.AsObject()));
        }

        if (expected["json"] is { } json)
        {
            JsonNode.DeepEquals(JsonNode.Parse(body), json).ShouldBeTrue(body);
        }
    }

    /// <summary>A text, or a long one in pieces.</summary>
    public static string Text(JsonNode? text) =>
        text is JsonArray pieces ? string.Concat(pieces.Select(p => p!.GetValue<string>())) : text!.GetValue<string>();

    /// <summary>The body without the script in an address; what the script says is compared.</summary>
    private static string WithoutScript(string body, string secret, string expected) => Script().Replace(body, script =>
    {
        ReceiptScript.Decrypt(secret, script.Groups["script"].Value).ShouldBe(expected);
        return "";
    });

    private static string CreateKey()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportPkcs8PrivateKeyPem();
    }

    [GeneratedRegex(@"\?script=(?<script>[A-Za-z0-9_-]+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Script();

    /// <summary>Sorted by name; a name with several values is there several times.</summary>
    public static List<string> Pairs(string encoded) =>
        [.. QueryHelpers.ParseQuery(encoded).SelectMany(p => p.Value.Select(v => $"{p.Key}={v}")).Order(StringComparer.Ordinal)];

    private static List<string> Pairs(JsonObject fields) =>
    [
        .. fields.SelectMany(f => f.Value is JsonArray several ? several.Select(v => $"{f.Key}={v}") : [$"{f.Key}={f.Value}"])
            .Order(StringComparer.Ordinal),
    ];
}
