namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>A request described by data.</summary>
public interface IHttpRequestOptions
{
    /// <summary>POST, PUT, PATCH or GET.</summary>
    string Method { get; }

    /// <summary>Absolute http or https address; may have placeholders in its path and query.</summary>
    string Url { get; set; }

    /// <summary>Additional headers by name; values may have placeholders.</summary>
    IDictionary<string, string> Headers { get; }

    /// <summary>The request body; empty by default.</summary>
    HttpBodyOptions? Body { get; }
}
