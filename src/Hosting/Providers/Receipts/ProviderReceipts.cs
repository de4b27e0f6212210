using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Presets;
using OtpPipeline.Hosting.Providers.Signatures.Sns;
using OtpPipeline.Hosting.Providers.Signatures;

namespace OtpPipeline.Hosting.Providers.Receipts;

/// <summary>Creates a reader for each entry of section <c>Providers</c> whose provider sends receipts, for the Api.</summary>
public static class ProviderReceipts
{
    private const string Key = "Receipt";

    /// <summary>Reads of each entry only what its receipts and feedback need: the Api has no credentials for sending.</summary>
    /// <exception cref="OptionsValidationException">An entry is wrong; the message names its keys.</exception>
    public static IServiceCollection AddProviderReceipts(this IServiceCollection services, IConfiguration configuration) =>
        services.AddProviderReceipts(configuration, SnsServer.Shared);

    internal static IServiceCollection AddProviderReceipts(
        this IServiceCollection services, IConfiguration configuration, SnsServer sns)
    {
        var entries = ProviderEntries.Read(configuration);
        foreach (var entry in entries.Where(e => e.HasReceipts))
        {
            if (Create(entry, sns) is { } reader)
            {
                services.AddSingleton(reader);
            }
        }

        services.AddSingleton(ProviderEntries.Feedback(entries));
        services.AddEntryChecks(entries);
        List<string> sentences = [.. ProviderEntries.NamedTwice(), .. entries.SelectMany(e => e.Problems.Sentences)];
        return sentences.Count == 0
            ? services
            : throw new OptionsValidationException(ProviderEntries.Section, typeof(ReceiptOptions), sentences);
    }

    private static IReceiptReader? Create(ProviderEntry entry, SnsServer sns)
    {
        var problems = entry.Problems;
        var before = problems.Sentences.Count;
        var options = EntryReader.Read<ReceiptOptions>(entry.Section.GetSection(Key), problems, prefix: Key + ":");
        var mapping = new ReceiptMapping(options, problems);
        if (!SignatureSchemes.Check(options.Signature, problems))
        {
            return null;
        }

        var script = entry.Section[ReceiptScript.SecretKey];
        var used = SignatureSchemes.Used(options.Signature).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (script is { Length: > 0 })
        {
            used.Add(script);
        }

        var values = new Dictionary<string, string>(entry.Settings(used.Contains), StringComparer.OrdinalIgnoreCase);
        foreach (var name in used.Where(n => !values.ContainsKey(n)))
        {
            var value = EntryFiles.Value(
                $"Secrets:{name}", entry.Section[$"Secrets:{name}"], entry.Section[$"SecretFiles:{name}"], problems);
            if (value is null)
            {
                problems.Add($"Secrets:{name}", "is missing: Receipt:Signature or Script names it. Give it, or its file in SecretFiles.");
            }

            values[name] = value ?? "";
        }

        return problems.Sentences.Count == before && SignatureSchemes.CheckKey(options.Signature, n => values[n], problems)
            ? new DescribedReceiptReader(
                entry.Name, mapping, SignatureSchemes.Create(options.Signature, n => values[n], sns),
                script is { Length: > 0 } ? values[script] : null)
            : null;
    }
}
