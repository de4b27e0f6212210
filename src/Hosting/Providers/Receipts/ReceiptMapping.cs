using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Json;

namespace OtpPipeline.Hosting.Providers.Receipts;

/// <summary>A compiled <see cref="ReceiptOptions"/>: turns a provider's fields into receipts.</summary>
public sealed partial class ReceiptMapping
{
    private const string Other = "*";
    private const int LongestId = 255;
    private const long FirstMilliseconds = 10_000_000_000;
    private const long EndOfTime = 253_402_300_800_000;
    private readonly JsonPath? _items;
    private readonly IReadOnlyList<JsonPath> _status;
    private readonly IReadOnlyList<JsonPath> _detail;
    private readonly IReadOnlyList<JsonPath> _messageId;
    private readonly IReadOnlyList<JsonPath> _reference;
    private readonly IReadOnlyList<JsonPath> _reason;
    private readonly IReadOnlyList<JsonPath> _at;
    private readonly Dictionary<string, ReceiptStatus> _statuses = new(StringComparer.OrdinalIgnoreCase);
    private readonly IDictionary<string, string> _reasons;

    public ReceiptMapping(ReceiptOptions options, EntryProblems problems)
    {
        _items = Path("Items", options.Items, problems);
        _status = Paths("Status", options.Status, problems);
        _detail = Paths("StatusDetail", options.StatusDetail, problems);
        _messageId = Paths("MessageId", options.MessageId, problems);
        _reference = Paths("Reference", options.Reference, problems);
        _reason = Paths("Reason", options.Reason, problems);
        _at = Paths("At", options.At, problems);
        _reasons = options.Reasons;
        foreach (var (word, text) in options.Statuses)
        {
            if (Enum.TryParse<ReceiptStatus>(text, ignoreCase: true, out var status) && !char.IsAsciiDigit(text[0]))
            {
                _statuses[word] = status;
            }
            else
            {
                problems.Add($"Receipt:Statuses:{word}", "must be SENT, DELIVERED, READ or UNDELIVERED.");
            }
        }

        if (_statuses.Count == 0)
        {
            problems.Add("Receipt:Statuses", "is missing: say which of the provider's words mean DELIVERED and UNDELIVERED.");
        }

        foreach (var (code, _) in options.Reasons.Where(r => !ReasonCode().IsMatch(r.Value)))
        {
            problems.Add($"Receipt:Reasons:{code}", "must be in lower snake case, with at most 64 characters.");
        }
    }

    /// <summary>Returns null if a receipt has no status.</summary>
    public IReadOnlyList<Receipt>? Read(JsonElement root)
    {
        List<Receipt> receipts = [];
        foreach (var item in _items?.Elements(root).Where(e => e.ValueKind == JsonValueKind.Object) ?? [root])
        {
            if (Find(_status, item) is not { } word)
            {
                return null;
            }

            if (_statuses.TryGetValue($"{word}/{Find(_detail, item)}", out var status) || _statuses.TryGetValue(word, out status))
            {
                receipts.Add(new(
                    status, status == ReceiptStatus.Undelivered ? Reason(Find(_reason, item)) : null, Id(Find(_messageId, item)),
                    Id(Find(_reference, item)), Time(Find(_at, item))));
            }
        }

        return receipts;
    }

    private static string? Find(IReadOnlyList<JsonPath> paths, JsonElement item) =>
        paths.Select(p => p.Find(item)).FirstOrDefault(v => v is not null);

    private string? Reason(string? code) =>
        code is { Length: > 0 } && _reasons.TryGetValue(code, out var reason) || _reasons.TryGetValue(Other, out reason) ? reason : null;

    private static string? Id(string? text) => text is { Length: > 0 and <= LongestId } ? text : null;

    /// <summary>A number of more than ten digits counts milliseconds.</summary>
    private static DateTime? Time(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < EndOfTime
            ? number < FirstMilliseconds
                ? DateTimeOffset.FromUnixTimeSeconds((long)number).UtcDateTime
                : DateTimeOffset.FromUnixTimeMilliseconds((long)number).UtcDateTime
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time.UtcDateTime
                : null;

    private static IReadOnlyList<JsonPath> Paths(string key, string? text, EntryProblems problems) =>
        string.IsNullOrEmpty(text) ? [] : [.. text.Split('|').Select(t => Path(key, t, problems)).OfType<JsonPath>()];

    private static JsonPath? Path(string key, string? text, EntryProblems problems)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (JsonPath.Parse(text) is { } path)
        {
            return path;
        }

        problems.Add($"Receipt:{key}", "must be the name of a field, or a path such as $.results[*].status.");
        return null;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,63}\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex ReasonCode();
}
