namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>The request body of a described provider.</summary>
public sealed class HttpBodyOptions
{
    /// <summary>json, form, xml, text, or query, which adds the template to the address. Values are encoded for it.</summary>
    public string Format { get; set; } = "";

    /// <summary>The body template, with placeholders.</summary>
    public string? Template { get; set; }

    /// <summary>File that holds <see cref="Template"/>.</summary>
    public string? TemplateFile { get; set; }

    /// <summary>For form and query: fields by name, instead of <see cref="Template"/> or after it; empty ones are left out.</summary>
    public IDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>For json: leaves out empty strings, and objects and arrays that hold nothing else. Default false.</summary>
    public bool OmitEmpty { get; set; }

    /// <summary>Content-Type header, if the format's default does not fit. The text is always UTF-8.</summary>
    public string? ContentType { get; set; }
}
