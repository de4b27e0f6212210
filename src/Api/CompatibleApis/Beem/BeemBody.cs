using OtpPipeline.Api.Requests;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Api.CompatibleApis.Beem;

/// <summary>Reads two fields from a body of JSON, or XML, which Beem's old documents allow.</summary>
/// <remarks>The first character decides the format, not the media type. An unreadable body has no fields.</remarks>
internal static class BeemBody
{
    public static async ValueTask<(JsonField First, JsonField Second)> ReadAsync(
        HttpRequest request, string first, string second, CancellationToken cancellationToken)
    {
        if (await RawBody.ReadAsync(request, cancellationToken) is not { } bytes)
        {
            return default;
        }

        if (IsXml(bytes))
        {
            return BeemXml.Read(bytes, first, second);
        }

        var body = CommandBody.Read(bytes, json => (JsonField.From(json, first), JsonField.From(json, second)));
        return body.Error is null ? body.Value : default;
    }

    private static bool IsXml(byte[] bytes) => CommandBody.WithoutMark(bytes).Span.TrimStart(" \t\r\n"u8) is [(byte)'<', ..];
}
