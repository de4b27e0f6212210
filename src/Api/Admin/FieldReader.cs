using System.Text.Json;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Api.Admin;

/// <summary>
/// Reads the fields of an admin body over what holds now, and notes each one that is wrong, so that one answer names them all.
/// A field that is missing leaves what is; null clears what can be cleared.
/// </summary>
internal sealed class FieldReader(JsonElement body, List<ProblemField> problems, string at = "#")
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Notes a field as wrong.</summary>
    public void Refuse(string name, string expected) =>
        problems.Add(new($"{at}/{name.Replace("~", "~0", StringComparison.Ordinal)}", expected));

    public bool Has(string name) => Find(name, out _);

    /// <param name="name">The field.</param>
    /// <param name="now">What holds.</param>
    /// <param name="rule">What the text must be.</param>
    /// <param name="nullable">Whether null clears it.</param>
    /// <param name="problem">What else is wrong with a text, in words; null for nothing.</param>
    public string? Text(string name, string? now, TextRule rule, bool nullable = true, Func<string, string?>? problem = null)
    {
        if (!Find(name, out var value) || (nullable && value.ValueKind == JsonValueKind.Null))
        {
            return value.ValueKind == JsonValueKind.Null ? null : now;
        }

        if (JsonField.AsItIs(value).Text is { } text && rule.Allows(text) && !text.Contains('\0'))
        {
            if (problem?.Invoke(text) is { } wrong)
            {
                Refuse(name, wrong);
                return now;
            }

            return text;
        }

        Refuse(name, rule.Expected);
        return now;
    }

    public int Number(string name, int now, NumberRule rule)
    {
        if (!Find(name, out var value))
        {
            return now;
        }

        if (JsonField.From(value).WholeFrom(rule.Min, rule.Max) is { } number)
        {
            return number;
        }

        Refuse(name, rule.Expected);
        return now;
    }

    public bool Flag(string name, bool now)
    {
        if (!Find(name, out var value))
        {
            return now;
        }

        if (JsonField.From(value).Flag is { } flag)
        {
            return flag;
        }

        Refuse(name, "must be true or false");
        return now;
    }

    public decimal? Amount(string name, decimal? now, decimal max)
    {
        if (!Find(name, out var value))
        {
            return now;
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (JsonField.From(value).Amount is { } amount && amount >= 0 && amount <= max)
        {
            return amount;
        }

        Refuse(name, $"must be null or a number from 0 to {max}");
        return now;
    }

    public TEnum? Word<TEnum>(string name, TEnum? now, bool nullable = false)
        where TEnum : struct, Enum
    {
        if (!Find(name, out var value))
        {
            return now;
        }

        if (nullable && value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (JsonField.From(value).Text is { } text && EnumText<TEnum>.TryParse(text, out var word))
        {
            return word;
        }

        Refuse(
            name,
            $"must be one of: {string.Join(", ", Enum.GetValues<TEnum>().Select(EnumText<TEnum>.Lower))}{(nullable ? ", or null" : "")}");
        return now;
    }

    public string[] Texts(string name, string[] now, int min, int max, Func<string, bool> isValid, string expected, bool distinct = true)
    {
        if (!Find(name, out var value))
        {
            return now;
        }

        var texts = value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select(v => JsonField.AsItIs(v).Text).ToList()
            : null;
        if (texts is not null && texts.Count >= min && texts.Count <= max && texts.TrueForAll(t => t is not null && isValid(t)))
        {
            var valid = texts.Select(t => t!);
            return [.. distinct ? valid.Distinct(StringComparer.Ordinal) : valid];
        }

        Refuse(name, expected);
        return now;
    }

    public DateTime? Moment(string name, DateTime? now)
    {
        if (!Find(name, out var value))
        {
            return now;
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var moment))
        {
            return moment.UtcDateTime;
        }

        Refuse(name, "must be null or a moment, such as 2027-01-31T00:00:00Z");
        return now;
    }

    /// <summary>A text, or a number as one; null where it is missing or wrong.</summary>
    public string? Scalar(string name)
    {
        if (!Find(name, out var value))
        {
            return null;
        }

        if (JsonField.AsItIs(value).Text is { } text)
        {
            return text;
        }

        Refuse(name, "must be a text");
        return null;
    }

    /// <summary>An object whose values are texts; null where it is missing or wrong.</summary>
    public Dictionary<string, string>? Pairs(string name)
    {
        if (!Find(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(p => JsonField.AsItIs(p.Value).Text is not null))
        {
            return value.EnumerateObject().ToDictionary(p => p.Name, p => JsonField.AsItIs(p.Value).Text!, StringComparer.Ordinal);
        }

        Refuse(name, "must be an object of texts");
        return null;
    }

    /// <summary>The fields of an object; null where it is missing or wrong.</summary>
    public FieldReader? Object(string name)
    {
        if (!Find(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new(value, problems, $"{at}/{name}");
        }

        Refuse(name, "must be an object");
        return null;
    }

    /// <summary>Notes every field that nobody asked for: a misspelt setting must not pass for a change.</summary>
    public void End()
    {
        foreach (var field in body.EnumerateObject().Where(f => !_read.Contains(f.Name)))
        {
            Refuse(field.Name, "is not known");
        }
    }

    private bool Find(string name, out JsonElement value)
    {
        _read.Add(name);
        return body.TryGetProperty(name, out value);
    }
}
