using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>
/// A body that knows whether it began to go out: until then a failure means that the gateway has nothing. It is there, empty, in
/// requests without a body too, since HttpClient repeats such a request by itself when the connection ends before the answer.
/// </summary>
internal sealed class SentContent : HttpContent
{
    private readonly byte[] _bytes;

    public SentContent(string body, string? contentType)
    {
        _bytes = Encoding.UTF8.GetBytes(body);
        Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
    }

    public bool WentOut { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        WentOut = true;
        return stream.WriteAsync(_bytes, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }
}
