using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Receipts;
using OtpPipeline.Hosting.Providers.Signatures;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>The parts of an entry of a mail server that a preset describes: its host, its headers, its receipts.</summary>
internal static class SmtpDescription
{
    /// <summary>Replaces {{setting.NAME}} in host and headers.</summary>
    public static void Fill(SmtpProviderOptions options, IReadOnlyDictionary<string, string> settings)
    {
        foreach (var (name, value) in settings)
        {
            var placeholder = $"{{{{{EntryValues.Setting}{name}}}}}";
            options.Host = options.Host.Replace(placeholder, value, StringComparison.Ordinal);
            foreach (var (header, text) in options.Headers.ToList())
            {
                options.Headers[header] = text.Replace(placeholder, value, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Adds an error for a wrong description. An e-mail holds no secret address, so its receipts must be signed.</summary>
    public static void CheckReceipts(SmtpProviderOptions options, EntryProblems problems)
    {
        if (options.Receipt is not { } receipt)
        {
            return;
        }

        _ = new ReceiptMapping(receipt, problems);
        if (SignatureSchemes.Check(receipt.Signature, problems) && SignatureSchemes.IsUnsigned(receipt.Signature))
        {
            problems.Add("Receipt:Signature:Scheme", "is none, and an e-mail holds no {{receiptUrl}}: name the scheme of a signature.");
        }
    }
}
