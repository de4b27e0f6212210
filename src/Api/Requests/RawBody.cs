using System.Buffers;
using System.IO.Pipelines;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Api.Requests;

/// <summary>Reads a request's body unchanged, up to the size limit of all bodies.</summary>
internal static class RawBody
{
    /// <summary>The bytes; null where they exceed the limit.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // Refused before a byte is read: a client that waits for 100 Continue need not send the body.
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
    /// <summary>Throws BadHttpRequestException for every malformed body.</summary>
    /// <remarks>The server throws a plain IOException for some, such as a chunk of 2^47 bytes. Those are no failure of this host.</remarks>
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
