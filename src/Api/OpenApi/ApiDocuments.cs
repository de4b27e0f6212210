using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Api.OpenApi;

/// <summary>The names of the documents, and what all of them have.</summary>
internal static class ApiDocuments
{
    /// <summary>The document of what callers use, with the sandbox.</summary>
    public const string Public = "v1";

    /// <summary>The document of /admin.</summary>
    public const string Admin = "admin";

    /// <summary>Title, license and servers. One document serves every request, so it names no host that a request brought.</summary>
    public static void Complete(OpenApiDocument document, IServiceProvider services, string title, string description)
    {
        var license = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" };
        document.Info = new() { Title = title, Version = "1", Description = description, License = license };
        document.Servers = [new() { Url = services.GetRequiredService<IOptions<PublicUrlOptions>>().Value.PublicUrl ?? "/" }];
    }
}
