namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>Adds credentials that are different for each request.</summary>
internal interface IRequestSigner
{
    /// <param name="request">Complete, but for what this adds.</param>
    /// <param name="body">Its body.</param>
    /// <param name="now">UTC time.</param>
    void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, DateTime now);
}
