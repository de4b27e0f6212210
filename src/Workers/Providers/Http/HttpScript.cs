using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Receipts;
using OtpPipeline.Workers.Providers.Http.Requests;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>A compiled script of a call, and the address at which the gateway fetches it.</summary>
internal sealed class HttpScript
{
    private readonly Template _template;
    private readonly string _secret;

    private HttpScript(Template template, string secret) => (_template, _secret) = (template, secret);

    /// <summary>Returns null, with the errors added, for a wrong description.</summary>
    public static HttpScript? Compile(
        HttpScriptOptions script, HttpProviderOptions options, Placeholders placeholders, EntryValues values, EntryProblems problems)
    {
        if (!options.Receipts || options.Receipt is null)
        {
            problems.Add("Receipts", "must be on, with Receipt described: the gateway fetches what a call says from the Api.");
        }

        var secret = new[] { EntryValues.Secret, EntryValues.Setting }.Select(prefix => prefix + script.Secret)
            .FirstOrDefault(name => values.Constants.Contains(name, StringComparer.Ordinal));
        if (secret is null)
        {
            problems.Add("Script:Secret", "names no setting and no entry of Secrets.");
        }

        if (placeholders.Parse(script.Template, out var problem) is not { } template)
        {
            problems.Add("Script:Template", problem);
            return null;
        }

        if (BodyProbe.Find(BodyFormat.All[BodyFormat.Xml], template) is { } wrong)
        {
            problems.Add("Script:Template", wrong);
        }

        return secret is null ? null : new(template, values.Constant(secret));
    }

    /// <summary>The delivery's address for receipts, with the script in it; empty without such an address.</summary>
    public string Address(string? receiptUrl, Func<string, string> values) => receiptUrl is null
        ? ""
        : $"{receiptUrl}?{ReceiptScript.Parameter}={ReceiptScript.Encrypt(_secret, _template.Render(values, ValueEncoding.Xml))}";

    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(HttpScript);
}
