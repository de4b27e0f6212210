using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Configuration;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;

namespace OtpPipeline.Hosting.Logging;

/// <summary>Logs with Serilog to the console; section <c>Serilog</c> sets the levels.</summary>
/// <remarks>Readable lines in Development, one JSON object a line otherwise.</remarks>
internal static class LogSetup
{
    private const string Readable = "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    private static readonly (string Source, LogEventLevel Level)[] Quiet =
    [
        // They print paths and queries, which carry secrets in some compatible APIs: no configuration can turn them on.
        ("Microsoft.AspNetCore", LogEventLevel.Warning),
        ("Microsoft.AspNetCore.Hosting", LogEventLevel.Warning),
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogEventLevel.Warning),
        ("Microsoft.AspNetCore.Routing", LogEventLevel.Warning),
        ("System.Net.Http", LogEventLevel.Warning),
        ("System.Net.Http.HttpClient", LogEventLevel.Warning),

        // EF writes exceptions into its message text, which bypasses the redaction. Its caller gets each of them and logs it.
        ("Microsoft.EntityFrameworkCore", LogEventLevel.Fatal),

        // HostRunner prints the reason for a failed start once, in a sentence.
        ("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal),
    ];

    public static void AddLogs(this WebApplicationBuilder builder, string serviceName)
    {
        var configuration = ReadLevels(builder.Configuration).Enrich.WithProperty("Service", serviceName);
        foreach (var (source, level) in Quiet)
        {
            configuration.MinimumLevel.Override(source, level);
        }

        // MassTransit logs one, with its stack, for each try of a message that a tenant's queue refuses: the outbox logs its own failures.
        configuration.Filter.ByExcluding(e => e.MessageTemplate.Text.StartsWith("S-FAULT", StringComparison.Ordinal));
        var console = LoggerSinkConfiguration.CreateSink(write => _ = builder.Environment.IsDevelopment()
            ? write.Console(outputTemplate: Readable, formatProvider: null)
            : write.Console(new JsonFormatter(renderMessage: true)));
        configuration.WriteTo.Sink(new RedactingSink(new BufferedSink(console, TimeProvider.System)));

        // Added as a provider, not as the factory, so that a host can still add or remove other providers.
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(configuration.CreateLogger(), dispose: true);
        builder.Logging.AddFilter<SerilogLoggerProvider>(category: null, LogLevel.Trace);
    }

    private static LoggerConfiguration ReadLevels(IConfiguration configuration)
    {
        try
        {
            return new LoggerConfiguration().ReadFrom.Configuration(configuration);
        }
        catch (InvalidOperationException)
        {
            throw new OptionsValidationException(
                "Serilog", typeof(LoggerConfiguration),
                ["Serilog:MinimumLevel has a wrong level: use Verbose, Debug, Information, Warning, Error or Fatal."]);
        }
    }
}
