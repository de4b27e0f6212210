using System.Buffers;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Wire;

/// <summary>Reads a request's body as it is, up to the size that any body may have.</summary>
internal static class RawBody
{
    /// <summary>The bytes; null where there are more than any body may have.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // Refused before a byte is read: a client that waits for 100 Continue need not send it.
        if (request.ContentLength > CommandBody.MaxLength)
        {
            return null;
        }

        while (true)
        {
            var chunk = await request.BodyReader.ReadAsync(cancellationToken);
            var buffer = chunk.Buffer;
            if (buffer.Length > CommandBody.MaxLength)
            {
                request.BodyReader.AdvanceTo(buffer.End);
                return null;
            }

            if (chunk.IsCompleted)
            {
                var body = buffer.ToArray();
                request.BodyReader.AdvanceTo(buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
