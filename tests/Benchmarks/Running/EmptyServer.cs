using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OtpPipeline.Benchmarks.Running;

/// <summary>An ASP.NET Core application whose POST does nothing, in a process of its own like the Api.</summary>
internal static class EmptyServer
{
    public const string Verb = "--empty-server";

    public static async Task<int> RunAsync(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        await using var app = builder.Build();
        app.MapGet("/health/ready", () => Results.Ok());
        app.MapPost("/otp", () => Results.StatusCode(StatusCodes.Status201Created));
        await app.RunAsync();
        return 0;
    }
}
