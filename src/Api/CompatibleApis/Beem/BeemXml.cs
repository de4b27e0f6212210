using System.Text;
using System.Xml;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Api.CompatibleApis.Beem;

/// <summary>Reads two elements below the root of an XML document in one pass, within the limits of JSON.</summary>
internal static class BeemXml
{
    private static readonly XmlReaderSettings Strict = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = CommandBody.MaxLength,
    };

    /// <summary>The texts of both fields. A repeated field is malformed, as in JSON; an unreadable document has no fields.</summary>
    public static (JsonField First, JsonField Second) Read(byte[] bytes, string first, string second)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes), Strict);
            return Read(reader, first, second);
        }
        catch (XmlException)
        {
            // A client can send invalid XML: it has no fields.
            return default;
        }
    }

    private static (JsonField First, JsonField Second) Read(XmlReader reader, string first, string second)
    {
        var (one, other) = (new Field(first), new Field(second));
        Field? current = null;
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Depth >= CommandBody.MaxDepth)
            {
                return default;
            }

            if (reader is { NodeType: XmlNodeType.Element, Depth: 1 })
            {
                current = one.Is(reader.LocalName) ? one : other.Is(reader.LocalName) ? other : null;
                current?.Begin();
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace
                && reader.Depth > 1)
            {
                current?.Text.Append(reader.Value);
            }
        }

        return (one.Value, other.Value);
    }

    private sealed class Field(string name)
    {
        private int _count;

        public StringBuilder Text { get; } = new();

        public JsonField Value => _count == 1 ? new(Text.ToString().Trim()) : default;

        public void Begin() => _count++;

        public bool Is(string localName) => name.Equals(localName, StringComparison.Ordinal);
    }
}
