using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Workers.Providers.Entries;
using OtpPipeline.Workers.Providers.Http;
using OtpPipeline.Workers.Providers.Smtp;

namespace OtpPipeline.Workers.Providers.Registration;

/// <summary>Errors in the entries of section <c>Providers</c>; the host does not start with any.</summary>
internal sealed record ProviderProblems(IReadOnlyList<string> Sentences);

/// <summary>Creates the configured providers; each is an entry <c>Providers:&lt;name&gt;</c> with a Type.</summary>
internal static class ConfiguredProviders
{
    private const string Section = "Providers";
    private const int LongestName = 64;

    public static void AddConfiguredProviders(this IServiceCollection services, IConfiguration configuration)
    {
        List<string> sentences = [];
        foreach (var entry in configuration.GetSection(Section).GetChildren())
        {
            var problems = new EntryProblems(entry.Path);
            Add(services, entry, problems);
            sentences.AddRange(problems.Sentences);
            services.AddSingleton(new ProviderName(entry.Key, EmailOnly: IsSmtp(entry)));
        }

        services.AddSingleton(new ProviderProblems(sentences));
        services.AddSingleton<IValidateOptions<DeliveryOptions>, EntriesAreRight>();
    }

    private static void Add(IServiceCollection services, IConfigurationSection entry, EntryProblems problems)
    {
        if (entry.Key.Length > LongestName || string.Equals(entry.Key, ProviderChoice.Sandbox, StringComparison.OrdinalIgnoreCase))
        {
            problems.Add(
                "Type", $"belongs to an entry whose name must have 1 to {LongestName} characters and not be {ProviderChoice.Sandbox}.");
        }

        switch (entry["Type"]?.ToLowerInvariant())
        {
            case "http":
                AddHttp(services, entry, problems);
                break;
            case "smtp":
                AddSmtp(services, entry, problems);
                break;
            default:
                problems.Add("Type", "must be http or smtp.");
                break;
        }
    }

    private static bool IsSmtp(IConfigurationSection entry) => string.Equals(entry["Type"], "smtp", StringComparison.OrdinalIgnoreCase);

    private static void AddHttp(IServiceCollection services, IConfigurationSection entry, EntryProblems problems)
    {
        var options = EntryReader.Read<HttpProviderOptions>(entry, problems);
        var trust = EntryFiles.Trust("CaFile", options.CaFile, problems);
        if (options.Proxy is not null
            && !(Uri.TryCreate(options.Proxy, UriKind.Absolute, out var proxy) && proxy is { Scheme: "http", Port: > 0 }))
        {
            problems.Add("Proxy", "must be of the form http://host:port.");
        }

        var plain = PlainHttp.Compile(options, problems);
        var description = new HttpDescription(options, problems);
        services.AddSingleton<IOtpProvider>(p => new HttpProvider(
            entry.Key, description,
            HttpProvider.Client(entry.Key, options, plain, trust, p.GetRequiredService<ProviderConnector>().Connector),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<HttpProvider>>()));
    }

    private static void AddSmtp(IServiceCollection services, IConfigurationSection entry, EntryProblems problems)
    {
        var options = EntryReader.Read<SmtpProviderOptions>(entry, problems);
        var server = SmtpServer.From(options, problems);
        var letter = MailTemplate.Compile(options, problems);
        services.AddSingleton<IOtpProvider>(p => new SmtpProvider(
            entry.Key, letter!,
            new SmtpPool(
                server, token =>
                    p.GetRequiredService<ProviderConnector>().Connector
                        .ConnectAsync(entry.Key, new(server.Host, server.Port), _ => { }, token),
                options.IdleConnections, options.IdleTimeout, p.GetRequiredService<TimeProvider>()),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<SmtpProvider>>()));
    }

    private sealed class EntriesAreRight(ProviderProblems problems) : IValidateOptions<DeliveryOptions>
    {
        public ValidateOptionsResult Validate(string? name, DeliveryOptions options) =>
            problems.Sentences.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Sentences);
    }
}
