using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OtpPipeline.Hosting.Health;

/// <summary>GET /health/live checks that the process answers; GET /health/ready checks that the database answers.</summary>
public static class HealthSetup
{
    private const string Database = "database";
    private const string Broker = "broker";

    internal static void AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<DatabaseHealth>(Database, HealthStatus.Unhealthy, [ReadyReports.Tag], TimeSpan.FromSeconds(3))
            .AddCheck<BrokerHealth>(Broker, HealthStatus.Degraded, [ReadyReports.Tag], TimeSpan.FromSeconds(2));
        services.AddSingleton<ReadyReports>();
    }

    /// <summary>Maps both pages; they need no key and count towards no limit.</summary>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", Live).ExcludeFromDescription();
        routes.MapGet("/health/ready", IsReadyAsync).ExcludeFromDescription();
        return routes;
    }

    private static Task Live(HttpContext http) => WriteAsync(http, HealthStatus.Healthy, [], []);

    private static async Task IsReadyAsync(HttpContext http)
    {
        var report = await http.RequestServices.GetRequiredService<ReadyReports>().ReadAsync(http.RequestAborted);

        // Intake and verification work without the broker: only an unhealthy database takes a host out of service.
        var checks = report.Entries.ToDictionary(
            e => e.Key,
            e =>
                e.Value.Status == HealthStatus.Unhealthy && !string.Equals(
                    e.Key, Database, StringComparison.Ordinal) ? HealthStatus.Degraded : e.Value.Status,
            StringComparer.Ordinal);
        var reasons = report.Entries.Where(
            e => e.Key is Database or Broker && e.Value is { Status: not HealthStatus.Healthy, Description: not null })
            .ToDictionary(e => e.Key, e => e.Value.Description!, StringComparer.Ordinal);
        await WriteAsync(http, checks.Count == 0 ? HealthStatus.Healthy : checks.Values.Min(), checks, reasons);
    }

    private static async Task WriteAsync(
        HttpContext http, HealthStatus status, Dictionary<string, HealthStatus> checks, Dictionary<string, string> reasons)
    {
        http.Response.StatusCode = status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", status.ToString());
        json.WriteStartObject("checks");
        foreach (var (name, value) in checks)
        {
            json.WriteString(name, value.ToString());
        }

        json.WriteEndObject();
        if (reasons.Count > 0)
        {
            json.WriteStartObject("reasons");
            foreach (var (name, reason) in reasons)
            {
                json.WriteString(name, reason);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
