using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OtpPipeline.Hosting.Providers.Signatures.Sns;

/// <summary>Fetches certificates of AWS SNS and confirms subscriptions, at addresses that were found to be AWS's.</summary>
internal sealed class SnsServer
{
    private const int LongestAnswer = 16 * 1024;
    private const int MostKept = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The one of this process.</summary>
    public static readonly SnsServer Shared = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
    });

    private readonly HttpClient _http;
    private readonly SemaphoreSlim _one = new(1);
    private readonly ConcurrentDictionary<Uri, X509Certificate2> _certificates = new();

    public SnsServer(HttpMessageHandler handler) =>
        _http = new(handler) { Timeout = Patience, MaxResponseContentBufferSize = LongestAnswer };

    /// <summary>The certificate at an address, fetched once; at most one is fetched at a time.</summary>
    public async ValueTask<SnsCertificate> CertificateAsync(Uri address, CancellationToken cancellationToken)
    {
        if (Kept(address) is { } kept)
        {
            return new(kept);
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            return Kept(address) is { } fetched ? new(fetched) : await FetchAsync(address, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The certificate at an address, if it was fetched before.</summary>
    public X509Certificate2? Kept(Uri address) => _certificates.GetValueOrDefault(address);

    /// <summary>Visits the address that completes a subscription; false if that must be tried again.</summary>
    public async Task<bool> ConfirmAsync(Uri address, CancellationToken cancellationToken) =>
        await GetAsync(address, cancellationToken) is { Status: >= 200 and < 300 };

    private async Task<SnsCertificate> FetchAsync(Uri address, CancellationToken cancellationToken)
    {
        if (await GetAsync(address, cancellationToken) is not { Status: < 500 } answer)
        {
            return new(null, IsUnavailable: true);
        }

        if (answer.Status != (int)HttpStatusCode.OK || Read(answer.Body) is not { } certificate)
        {
            return new(null);
        }

        // AWS changes its certificates about once a year.
        if (_certificates.Count >= MostKept)
        {
            _certificates.Clear();
        }

        return new(_certificates[address] = certificate);
    }

    /// <summary>Null where there was no whole answer in time.</summary>
    private async Task<(int Status, string Body)?> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(address, cancellationToken);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (Exception failure) when (
            failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static X509Certificate2? Read(string text)
    {
        try
        {
            return X509Certificate2.CreateFromPem(text);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

/// <summary>What was found at the address of a certificate.</summary>
/// <param name="Value">Null if there is no certificate.</param>
/// <param name="IsUnavailable">Nobody knows: AWS did not answer.</param>
internal readonly record struct SnsCertificate(X509Certificate2? Value, bool IsUnavailable = false);
