using System.Globalization;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Messages;

namespace OtpPipeline.Workers.Providers.Templates;

/// <summary>The values of an HTTP entry's placeholders: those of the message, and the entry's own secrets and settings.</summary>
internal sealed class EntryValues
{
    /// <summary>Placeholders that ask for a receipt.</summary>
    public static readonly IReadOnlyCollection<string> OfReceipts = [ReceiptUrl, ReceiptToken];

    public const string ReceiptUrl = "receiptUrl";
    public const string ReceiptToken = "receiptToken";
    public const string ScriptUrl = "scriptUrl";
    public const string Secret = "secret.";
    public const string Setting = "setting.";

    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);

    private static readonly Dictionary<string, Func<OutgoingDelivery, DateTime, string>> OfMessage = new(StringComparer.Ordinal)
    {
        ["spoken"] = (d, _) => Spoken(d),
        ["encoding"] = (d, _) => MessageText.FitsGsm7(d.Text) ? "gsm7" : "ucs2",
        ["life.seconds"] = (d, now) => Text(Math.Floor(Life(d, now).TotalSeconds)),
        ["life.minutes"] = (d, now) => Text(Math.Ceiling(Life(d, now).TotalMinutes)),
        ["life.milliseconds"] = (d, now) => Text(Math.Floor(Life(d, now).TotalMilliseconds)),
        ["life.end"] = (d, now) => (now + Life(d, now)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
    };

    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Template> _templates = new(StringComparer.Ordinal);
    private readonly bool _receipts;

    /// <param name="secrets">Values of {{secret.name}}.</param>
    /// <param name="settings">Values of {{setting.name}}.</param>
    /// <param name="receipts">Whether {{receiptUrl}} and {{receiptToken}} have values.</param>
    public EntryValues(IReadOnlyDictionary<string, string> secrets, IReadOnlyDictionary<string, string> settings, bool receipts)
    {
        _receipts = receipts;
        foreach (var (name, value) in secrets)
        {
            _constants[Secret + name] = value;
        }

        foreach (var (name, value) in settings)
        {
            _constants[Setting + name] = value;
        }
    }

    /// <summary>Makes {{scriptUrl}} of the address for receipts and the other values; null where the entry describes no script.</summary>
    public Func<string?, Func<string, string>, string>? Script { get; set; }

    /// <summary>Names of secrets and settings: their values are the same for each message.</summary>
    public IReadOnlyCollection<string> Constants => _constants.Keys;

    /// <summary>All placeholder names.</summary>
    public IReadOnlyCollection<string> Names => [.. MessageValues.Names, .. OfMessage.Keys, .. OfReceipts, .. _constants.Keys];

    /// <summary>Lets a setting's value hold placeholders of the message.</summary>
    public void Replace(string setting, Template template) => _templates[Setting + setting] = template;

    public Func<string, string> From(OutgoingDelivery delivery, DateTime now)
    {
        var message = MessageValues.From(delivery);
        return Value;

        string Value(string name) => _templates.TryGetValue(name, out var template) ? template.Render(message, ValueEncoding.AsIs)
            : _constants.TryGetValue(name, out var constant) ? constant
            : OfMessage.TryGetValue(name, out var value) ? value(delivery, now)
            : name switch
            {
                ReceiptUrl => _receipts ? delivery.ReceiptUrl ?? "" : "",
                ReceiptToken => _receipts ? delivery.ReceiptToken ?? "" : "",
                ScriptUrl => Script?.Invoke(delivery.ReceiptUrl, Value) ?? "",
                _ => message(name),
            };
    }

    /// <summary>Fills a text that is the same for each message.</summary>
    public string Constant(string name) => _constants.GetValueOrDefault(name, "");

    /// <summary>Omits secrets.</summary>
    public override string ToString() => nameof(EntryValues);

    /// <summary>The text with its PIN read out one character after another.</summary>
    private static string Spoken(OutgoingDelivery delivery)
    {
        var pin = delivery.Pin.Reveal();
        return delivery.Text.Replace(pin, string.Join(", ", pin.AsEnumerable()), StringComparison.Ordinal);
    }

    private static TimeSpan Life(OutgoingDelivery delivery, DateTime now)
    {
        var life = delivery.ExpiresAt - now;
        return life < TimeSpan.Zero ? TimeSpan.Zero : life > LongestLife ? LongestLife : life;
    }

    private static string Text(double number) => number.ToString("0", CultureInfo.InvariantCulture);
}
