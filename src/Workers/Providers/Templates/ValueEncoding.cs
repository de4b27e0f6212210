using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;

namespace OtpPipeline.Workers.Providers.Templates;

/// <summary>Encodes a value so that the receiver reads it unchanged, with any content.</summary>
internal static class ValueEncoding
{
    // Newlines and tabs become references: a parser would turn them into spaces in an attribute, and CR into LF everywhere.
    private static readonly SearchValues<char> XmlSpecial = SearchValues.Create("&<>\"'\r\n\t");

    public static string AsIs(string value) => value;

    /// <summary>Encodes for a path, a query and a form.</summary>
    public static string Percent(string value) => Uri.EscapeDataString(value);

    /// <summary>Encodes for a path; a colon stays, as in the token of a Telegram bot.</summary>
    public static string PathSegment(string value) => Percent(value).Replace("%3A", ":", StringComparison.Ordinal);

    /// <summary>Encodes within the quotes of a JSON string.</summary>
    public static string JsonString(string value) => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value);

    /// <summary>Encodes a JSON value without quotes around it: a number as it is, anything else as a string.</summary>
    public static string JsonValue(string value)
    {
        try
        {
            using var parsed = JsonDocument.Parse(value);
            if (parsed.RootElement.ValueKind == JsonValueKind.Number)
            {
                return value;
            }
        }
        catch (JsonException)
        {
            return Quoted(value);
        }

        return Quoted(value);
    }

    /// <summary>Encodes for text and attributes; a character that XML 1.0 cannot hold becomes the replacement character.</summary>
    public static string Xml(string value)
    {
        var text = new StringBuilder(value.Length + 16);
        for (var i = 0; i < value.Length; i++)
        {
            var letter = value[i];
            if (XmlSpecial.Contains(letter))
            {
                text.Append("&#").Append(((int)letter).ToString(CultureInfo.InvariantCulture)).Append(';');
            }
            else if (i + 1 < value.Length && XmlConvert.IsXmlSurrogatePair(value[i + 1], letter))
            {
                text.Append(letter).Append(value[++i]);
            }
            else
            {
                text.Append(XmlConvert.IsXmlChar(letter) ? letter : '\uFFFD');
            }
        }

        return text.ToString();
    }

    private static string Quoted(string value) => $"\"{JsonString(value)}\"";
}
