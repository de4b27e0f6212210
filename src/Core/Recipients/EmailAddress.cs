using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OtpPipeline.Core.Recipients;

/// <summary>An e-mail address as used in practice; prints itself masked.</summary>
/// <remarks>Unquoted ASCII local part, domain name of two labels or more. An internationalised domain becomes its xn-- form.</remarks>
public sealed record EmailAddress
{
    private const int LongestAddress = 254;
    private const int LongestLocalPart = 64;
    private const int LongestLabel = 63;

    private const string LettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly SearchValues<char> LocalCharacters = SearchValues.Create(LettersAndDigits + "!#$%&'*+-/=?^_`{|}~");
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create(LettersAndDigits + "-");

    private readonly int _at;

    private EmailAddress(string value, int at)
    {
        Value = value;
        _at = at;
    }

    /// <summary>The whole address: domain in lower case, local part as sent, because only its host knows whether case matters.</summary>
    public string Value { get; }

    /// <summary>The same for every spelling: lower case, because practically all mailboxes ignore case.</summary>
    public string Identity => Value.ToLowerInvariant();

    /// <summary>The identity without parts of the local part that some hosts ignore.</summary>
    /// <param name="plusTags">Remove a plus sign and what follows it.</param>
    /// <param name="dots">Remove dots.</param>
    public string Folded(bool plusTags, bool dots)
    {
        var local = Identity[.._at];
        var plus = plusTags ? local.IndexOf('+', StringComparison.Ordinal) : -1;

        // A plus sign at the start has no local part before it, so it is kept.
        local = plus > 0 ? local[..plus] : local;
        return (dots ? local.Replace(".", "", StringComparison.Ordinal) : local) + Value[_at..];
    }

    /// <summary>Parses an address; does not trim, and refuses control characters and spaces.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EmailAddress? address)
    {
        address = null;
        var at = text?.IndexOf('@') ?? -1;
        if (text is null || at < 0 || text.Length > LongestAddress || !IsLocalPart(text.AsSpan(0, at))
            || DomainName.ToAscii(text[(at + 1)..]) is not { } domain || !IsDomain(domain) || at + 1 + domain.Length > LongestAddress)
        {
            return false;
        }

        address = new EmailAddress($"{text.AsSpan(0, at)}@{domain}", at);
        return true;
    }

    /// <summary>The first character and the domain: "m•••••@example.com".</summary>
    public override string ToString() => $"{Value.AsSpan(0, _at > 1 ? 1 : 0)}{Masking.Hidden}{Value.AsSpan(_at)}";

    private static bool IsLocalPart(ReadOnlySpan<char> local)
    {
        if (local.Length > LongestLocalPart)
        {
            return false;
        }

        foreach (var part in local.Split('.'))
        {
            if (local[part].IsEmpty || local[part].ContainsAnyExcept(LocalCharacters))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var labels = 0;
        var last = domain;
        foreach (var range in domain.Split('.'))
        {
            last = domain[range];
            labels++;
            if (last.Length is 0 or > LongestLabel || last[0] == '-' || last[^1] == '-' || last.ContainsAnyExcept(LabelCharacters))
            {
                return false;
            }
        }

        // A last label of digits would make it an IP address.
        return labels > 1 && last.ContainsAnyExceptInRange('0', '9');
    }
}
