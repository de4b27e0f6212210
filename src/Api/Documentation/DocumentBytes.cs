using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace OtpPipeline.Api.Documentation;

/// <summary>Builds each OpenAPI document at its first request and keeps its bytes.</summary>
internal sealed class DocumentBytes(IServiceProvider services)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<Document>>> _documents = new(StringComparer.Ordinal);
    private int _built;

    /// <summary>Number of documents built.</summary>
    internal int Built => Volatile.Read(ref _built);

    /// <summary>Answers with the document, or with 304 where the client has it.</summary>
    public async Task<IResult> AnswerAsync(HttpContext http, string name, CancellationToken cancellationToken)
    {
        var building = _documents.GetOrAdd(name, key => new(() => BuildAsync(key)));
        try
        {
            var document = await building.Value.WaitAsync(cancellationToken);
            http.Response.Headers.CacheControl = "no-cache";
            return TypedResults.Bytes(document.Bytes, "application/json; charset=utf-8", entityTag: document.Tag);
        }
        catch (Exception) when (building.Value.IsFaulted)
        {
            // The next request tries again.
            _documents.TryRemove(KeyValuePair.Create(name, building));
            throw;
        }
    }

    private async Task<Document> BuildAsync(string name)
    {
        Interlocked.Increment(ref _built);
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(name)
            .GetOpenApiDocumentAsync(CancellationToken.None);
        using var bytes = new MemoryStream();
        await document.SerializeAsJsonAsync(bytes, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return new(bytes.ToArray(), new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))[..32]}\""));
    }

    private sealed record Document(byte[] Bytes, EntityTagHeaderValue Tag);
}
