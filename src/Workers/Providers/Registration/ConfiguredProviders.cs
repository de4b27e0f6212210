using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Presets;
using OtpPipeline.Workers.Providers.Http;
using OtpPipeline.Workers.Providers.Reservations;
using OtpPipeline.Workers.Providers.Smtp;

namespace OtpPipeline.Workers.Providers.Registration;

/// <summary>Errors in the entries of section <c>Providers</c>; the host does not start with any.</summary>
internal sealed record ProviderProblems(IReadOnlyList<string> Sentences);

/// <summary>Creates the configured providers; each is an entry <c>Providers:&lt;name&gt;</c> with a Type.</summary>
internal static class ConfiguredProviders
{
    public static void AddConfiguredProviders(this IServiceCollection services, IConfiguration configuration)
    {
        List<string> sentences = [.. ProviderEntries.NamedTwice()];
        var entries = ProviderEntries.Read(configuration);
        services.AddSingleton(ProviderEntries.Feedback(entries));
        foreach (var entry in entries)
        {
            Add(services, entry);
            sentences.AddRange(entry.Problems.Sentences);
            services.AddSingleton(new ProviderName(entry.Name, EmailOnly: entry.Type is "smtp"));
        }

        services.AddSingleton(new ProviderProblems(sentences));
        services.AddSingleton<IValidateOptions<DeliveryOptions>, EntriesAreRight>();
        services.AddEntryChecks(entries);
    }

    private static void Add(IServiceCollection services, ProviderEntry entry)
    {
        switch (entry.Type)
        {
            case "http":
                AddHttp(services, entry);
                break;
            case "smtp":
                AddSmtp(services, entry);
                break;
        }
    }

    private static void AddHttp(IServiceCollection services, ProviderEntry entry)
    {
        var problems = entry.Problems;
        var options = EntryReader.Read<HttpProviderOptions>(entry.Section, problems, entry.SettingKeys);
        services.AddSingleton(ProviderLimits.From(entry.Name, options));
        var trust = EntryFiles.Trust("CaFile", options.CaFile, problems);
        if (options.Proxy is not null
            && !(Uri.TryCreate(options.Proxy, UriKind.Absolute, out var proxy) && proxy is { Scheme: "http", Port: > 0 }))
        {
            problems.Add("Proxy", "must be of the form http://host:port.");
        }

        var description = new HttpDescription(options, entry, problems);
        var plain = PlainHttp.Compile(options, problems);
        services.AddSingleton<IOtpProvider>(p => new HttpProvider(
            entry.Name, description,
            HttpProvider.Client(entry.Name, options, plain, trust, p.GetRequiredService<ProviderConnector>().Connector),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<HttpProvider>>()));
    }

    private static void AddSmtp(IServiceCollection services, ProviderEntry entry)
    {
        var problems = entry.Problems;
        var options = EntryReader.Read<SmtpProviderOptions>(entry.Section, problems, entry.SettingKeys);
        services.AddSingleton(ProviderLimits.From(entry.Name, options));
        SmtpDescription.Fill(options, entry.SettingsForSending());
        SmtpDescription.CheckReceipts(options, problems);
        var server = SmtpServer.From(options, problems);
        var letter = MailTemplate.Compile(options, problems);
        services.AddSingleton<IOtpProvider>(p => new SmtpProvider(
            entry.Name, letter!,
            new SmtpPool(
                server, token =>
                    p.GetRequiredService<ProviderConnector>().Connector
                        .ConnectAsync(entry.Name, new(server.Host, server.Port), _ => { }, token),
                options.IdleConnections, options.IdleTimeout, p.GetRequiredService<TimeProvider>()),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<SmtpProvider>>()));
    }

    private sealed class EntriesAreRight(ProviderProblems problems) : IValidateOptions<DeliveryOptions>
    {
        public ValidateOptionsResult Validate(string? name, DeliveryOptions options) =>
            problems.Sentences.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Sentences);
    }
}
