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

/// <summary>
/// Serilog to the console: readable in Development, one JSON object a line otherwise. Section <c>Serilog</c> sets the levels.
/// </summary>
internal static class LogSetup
{
    private const string Readable = "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    private static readonly (string Source, LogEventLevel Level)[] Quiet =
    [
        // They print paths and queries, which carry secrets in some compatible APIs: no configuration turns them on.
        ("Microsoft.AspNetCore", LogEventLevel.Warning),
        ("Microsoft.AspNetCore.Hosting", LogEventLevel.Warning),
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogEventLevel.Warning),
        ("Microsoft.AspNetCore.Routing", LogEventLevel.Warning),
        ("System.Net.Http", LogEventLevel.Warning),
        ("System.Net.Http.HttpClient", LogEventLevel.Warning),

        // EF writes exceptions into the text of its messages, past the redaction; each of them also reaches its caller, who logs it.
        ("Microsoft.EntityFrameworkCore", LogEventLevel.Fatal),

        // What stops a start is said once, in a sentence.
        ("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal),
    ];

    public static void AddLogs(this WebApplicationBuilder builder, string serviceName)
    {
        var configuration = ReadLevels(builder.Configuration).Enrich.WithProperty("Service", serviceName);
        foreach (var (source, level) in Quiet)
        {
            configuration.MinimumLevel.Override(source, level);
        }

        // One for each try of a message that a tenant's own queue refuses, with its stack: the outbox says itself what it could not send.
        configuration.Filter.ByExcluding(e => e.MessageTemplate.Text.StartsWith("S-FAULT", StringComparison.Ordinal));
        var console = LoggerSinkConfiguration.CreateSink(write => _ = builder.Environment.IsDevelopment()
            ? write.Console(outputTemplate: Readable, formatProvider: null)
            : write.Console(new JsonFormatter(renderMessage: true)));
        configuration.WriteTo.Sink(new RedactingSink(new BufferedSink(console, TimeProvider.System)));

        // Beside other providers, not in place of the factory: a host that adds or removes one still can.
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
