using System.Buffers;
using System.IO.Pipelines;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Api.Requests;

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
            var chunk = await ReadChunkAsync(request, cancellationToken);
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
    /// <summary>
    /// The server has its own exception for most bodies that are none, and a plain one for the rest, such as a chunk of 2^47 bytes: those
    /// are no failure of ours either.
    /// </summary>
    private static async ValueTask<ReadResult> ReadChunkAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await request.BodyReader.ReadAsync(cancellationToken);
        }
        catch (IOException failure) when (failure is not BadHttpRequestException)
        {
            throw new BadHttpRequestException(failure.Message, failure);
        }
    }
}
