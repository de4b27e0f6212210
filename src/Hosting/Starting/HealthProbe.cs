using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace OtpPipeline.Hosting.Starting;

/// <summary>Implements <c>--health</c>: asks the host on the same machine, with the same configuration, whether it is ready.</summary>
/// <remarks>For images without curl.</remarks>
public static class HealthProbe
{
    public const string Verb = "--health";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Exit code 0 when GET /health/ready answers 200, else 1 with the reason on the standard error.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="defaultUrl">Where the host listens when nothing else is configured.</param>
    public static async Task<int> RunAsync(string[] args, string defaultUrl)
    {
        if (!UnicodeSupport.IsReady())
        {
            return 1;
        }

        var configuration = WebApplication.CreateSlimBuilder(args).Configuration;
        if (AddressOf(configuration, defaultUrl) is not { } address)
        {
            await Console.Error.WriteLineAsync("The host has no http address to ask.");
            return 1;
        }

        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
            using var answer = await http.GetAsync(new Uri(address, "/health/ready"));
            if (answer.IsSuccessStatusCode)
            {
                return 0;
            }

            await Console.Error.WriteLineAsync($"{address} answers {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{address} does not answer.");
        }

        return 1;
    }

    /// <summary>The host's first http address, as reached from the same machine; null without one.</summary>
    internal static Uri? AddressOf(IConfiguration configuration, string defaultUrl)
    {
        // Kestrel's own order: its endpoints override URLs, and URLs override ports.
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).OfType<string>().ToArray();
        var urls = endpoints.Length > 0 ? endpoints
            : configuration["urls"] is { Length: > 0 } text ? Split(text)
            : configuration["http_ports"] is { Length: > 0 } ports ? [.. Split(ports).Select(p => $"http://*:{p}")]
            : [defaultUrl];
        return urls.Where(u => u.StartsWith("http://", StringComparison.OrdinalIgnoreCase)).Select(ByLoopback).FirstOrDefault();
    }

    private static string[] Split(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>"http://*:8080" and the like name no host that a client can connect to.</summary>
    private static Uri ByLoopback(string url)
    {
        var address = BindingAddress.Parse(url);
        var everywhere = address.Host is "*" or "+" or "0.0.0.0" or "[::]";
        return new UriBuilder(Uri.UriSchemeHttp, everywhere ? "127.0.0.1" : address.Host, address.Port).Uri;
    }
}
