using System.Text.Json;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>The part of a body that an error queue keeps: its size, and valid ids of the pipeline.</summary>
/// <remarks>Everything else may be a secret.</remarks>
internal static class RedactedBody
{
    private static readonly string[] Ids = ["otpId", "applicationId", "trackId"];
    private static readonly JsonDocumentOptions Lenient = new() { MaxDepth = 64 };

    public static byte[] From(byte[] body)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("redacted", true);
            writer.WriteNumber("size", body.Length);
            if (body.Length <= CommandBody.MaxLength && CommandBody.IsText(body))
            {
                WriteIds(writer, body);
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteIds(Utf8JsonWriter writer, byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(CommandBody.WithoutMark(body), Lenient);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            var message = root.TryGetProperty("message", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : root;
            foreach (var name in Ids)
            {
                if (message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetGuid(out var id))
                {
                    writer.WriteString(name, id);
                }
            }
        }
        catch (JsonException)
        {
            writer.WriteBoolean("json", false);
        }
    }
}
