using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using OtpPipeline.Api.Wire;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Dialects.Beem;

/// <summary>Two fields of a body. JSON whatever the media type says, or XML, which the old documents allow; what cannot be read has no fields.</summary>
internal static class BeemBody
{
    private static readonly XmlReaderSettings Strict = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = CommandBody.MaxLength };

    public static async ValueTask<(DraftField First, DraftField Second)> ReadAsync(HttpRequest request, string first, string second, CancellationToken cancellationToken)
    {
        if (request.ContentType?.Contains("xml", StringComparison.OrdinalIgnoreCase) == true)
        {
            return await RawBody.ReadAsync(request, cancellationToken) is { } bytes && Root(bytes) is { } root ? (Of(root, first), Of(root, second)) : default;
        }

        var body = await JsonBody.ReadAsync(request, (JsonElement json) => (DraftField.Of(json, first), DraftField.Of(json, second)), cancellationToken, anyMediaType: true);
        return body.Refusal is null ? body.Value : default;
    }

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

    private static DraftField Of(XElement root, string name) =>
        root.Elements().FirstOrDefault(e => e.Name.LocalName.Equals(name, StringComparison.Ordinal)) is { } element ? new(element.Value.Trim()) : default;
}
