namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>Examples that no shell of a reader runs: why, and what checks them instead.</summary>
internal static class Elsewhere
{
    /// <summary>By page and the beginning of the first line.</summary>
    private static readonly (string Page, string First, string Reason)[] Table =
    [
        ("README.md", "./run ", "starts, tests and measures all of this; these tests run inside the second of them"),
        ("README.md", "your backend ", "a picture"),
        ("README.md", "python3 docs/examples/", "The_sign_up_flows runs both programs, with a shorter cooldown"),
        ("README.md", "scripts/secrets.sh &&", "scripts/compose-test.sh runs it"),
        ("docs/bus.md", "rabbitmqctl add_user", "Bus/Least_rights_on_the_broker runs it for a virtual host of its own"),
        ("docs/architecture.md", "Api ", "a picture"),
        ("docs/architecture.md", "PENDING ", "a picture; Core.Tests has the status machine"),
        ("docs/operations.md", "scripts/secrets.sh ", "scripts/compose-test.sh runs it"),
        ("docs/operations.md", "scrape_configs:", "a file of Prometheus; Telemetry/What_Prometheus_reads reads the page as it does"),
        ("docs/admin.md", "GET  /admin/providers", "request lines; Api.Tests/Providers/Managing_providers makes them"),
        ("docs/admin.md", "{\"provider\":", "the answer of a real provider; Api.Tests/Providers/Managing_providers has the shape"),
        ("docs/providers.md", "{", "a file; Workers.Tests/Hosting/Providers/Presets/A_preset_of_a_user starts providers with it"),
        ("docs/sandbox.md", "POST /admin/applications/", "a request line; Api.Tests/Otps/A_test_key makes such keys"),
        ("docs/sandbox.md", "GET /sandbox/messages", "a request line; the other pages read messages by it"),
        ("docs/decisions/sql-server.md", "-- PostgreSQL", "statements with shortened columns, to compare two databases"),
        ("docs/moving-from-smscx.md", "configuration = ", "lines of the vendor's packages, which are not installed here"),
    ];

    public static string? Reason(Example example) => Table
        .Where(e => e.Page == example.Page && example.Lines[0].TrimStart().StartsWith(e.First, StringComparison.Ordinal))
        .Select(e => e.Reason)
        .FirstOrDefault();

    /// <summary>Lines of the table that no example needs any more.</summary>
    public static IEnumerable<string> Unused => Table
        .Where(e => !Example.All.Any(x => x.Page == e.Page && x.Lines[0].TrimStart().StartsWith(e.First, StringComparison.Ordinal)))
        .Select(e => $"{e.Page}: {e.First}");
}
