using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using OtpPipeline.Api.Wire;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Dialects.Beem;

/// <summary>Two fields of a body: JSON, or XML, which the old documents allow. Its first character says which, whatever the media type does; what cannot be read has no fields.</summary>
internal static class BeemBody
{
    private static readonly XmlReaderSettings Strict = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = CommandBody.MaxLength };

    public static async ValueTask<(DraftField First, DraftField Second)> ReadAsync(HttpRequest request, string first, string second, CancellationToken cancellationToken)
    {
        if (await RawBody.ReadAsync(request, cancellationToken) is not { } bytes)
        {
            return default;
        }

        if (IsXml(bytes))
        {
            return Root(bytes) is { } root ? (Of(root, first), Of(root, second)) : default;
        }

        var body = CommandBody.Read(bytes, json => (DraftField.Of(json, first), DraftField.Of(json, second)));
        return body.Refusal is null ? body.Value : default;
    }

    private static bool IsXml(byte[] bytes) => CommandBody.WithoutMark(bytes).Span.TrimStart(" \t\r\n"u8) is [(byte)'<', ..];

    private static XElement? Root(byte[] bytes)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes), Strict);
            return XDocument.Load(reader).Root;
        }
        catch (XmlException)
        {
            // Anybody can send anything: it has no fields.
            return null;
        }
    }

    /// <summary>A field that is there twice is as little a field as it is in JSON.</summary>
    private static DraftField Of(XElement root, string name) =>
        root.Elements().Where(e => e.Name.LocalName.Equals(name, StringComparison.Ordinal)).Take(2).ToList() is [var only] ? new(only.Value.Trim()) : default;
}
