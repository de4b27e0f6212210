namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>What the words of a refusal say beyond its codes.</summary>
internal enum SmtpHint
{
    None,

    /// <summary>Fewer messages are wanted.</summary>
    Throttled,

    /// <summary>Our sender is not allowed: no recipient would be reached.</summary>
    Sender,

    /// <summary>Our account may not send.</summary>
    Account,

    /// <summary>Our user lacks a right.</summary>
    Access,
}

/// <summary>Reads the answers of Amazon SES, which have no enhanced codes: 554 alone may be the recipient's fault or ours.</summary>
internal static class SmtpHints
{
    private static readonly (int Code, string Words, SmtpHint Hint)[] Known =
    [
        (454, "Throttling failure", SmtpHint.Throttled),
        (554, "Email address is not verified", SmtpHint.Sender),
        (554, "Email address not verified", SmtpHint.Sender),
        (554, "Configuration set", SmtpHint.Sender),
        (554, "Sending suspended", SmtpHint.Account),
        (554, "Sending paused", SmtpHint.Account),
        (554, "Access denied", SmtpHint.Access),
    ];

    public static SmtpHint In(int code, ReadOnlySpan<char> text)
    {
        foreach (var (known, words, hint) in Known)
        {
            if (code == known && text.Contains(words, StringComparison.OrdinalIgnoreCase))
            {
                return hint;
            }
        }

        return SmtpHint.None;
    }
}
