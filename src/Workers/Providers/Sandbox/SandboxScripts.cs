using System.Globalization;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Workers.Providers.Sandbox;

/// <summary>Finds the script of a recipient, and the recipients of a script.</summary>
public static class SandboxScripts
{
    private const string Phone = "+1500555";
    private const string Chat = "999000";
    private const string Domain = "@sandbox.example";
    private const string ThrottledFor = "throttled-";
    private const int Digits = 4;
    private const int FirstOfThrottled = 100;
    private const int MostSeconds = 99;

    private static readonly string[] LocalParts =
    [
        "delivered", "refused", "throttled", "slow", "hanging", "lost", "received", "undelivered", "duplicate", "early", "read", "outage",
    ];

    /// <summary>Returns the script of a recipient in canonical form.</summary>
    public static SandboxScript From(string recipient) => Read(recipient).Script;

    /// <summary>Returns for how long a recipient of <see cref="SandboxScript.ThrottleFor"/> is throttled; zero for any other.</summary>
    public static TimeSpan Throttled(string recipient) => TimeSpan.FromSeconds(Read(recipient).Seconds);

    /// <summary>Returns the recipient of this kind that plays the script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="kind">Phone number, e-mail address or chat.</param>
    /// <param name="seconds">For how long it is throttled, by <see cref="SandboxScript.ThrottleFor"/>.</param>
    public static string Recipient(SandboxScript script, RecipientKind kind, int seconds = 1)
    {
        var throttled = script == SandboxScript.ThrottleFor;
        var number = throttled ? FirstOfThrottled + seconds : (int)script + 1;
        return kind switch
        {
            RecipientKind.Phone => $"{Phone}{number:0000}",
            RecipientKind.Chat => $"{Chat}{number:0000}",
            _ => $"{(throttled ? $"{ThrottledFor}{seconds}" : LocalParts[(int)script])}{Domain}",
        };
    }

    private static (SandboxScript Script, int Seconds) Read(string recipient) =>
        Numbered(recipient, Phone) ?? Numbered(recipient, Chat) ?? Named(recipient) ?? (SandboxScript.Deliver, 0);

    private static (SandboxScript Script, int Seconds)? Numbered(string recipient, string prefix) =>
        recipient.Length == prefix.Length + Digits && recipient.StartsWith(prefix, StringComparison.Ordinal)
            && Number(recipient.AsSpan(prefix.Length)) is { } number
            ? At(number - 1) ?? For(number - FirstOfThrottled)
            : null;

    private static (SandboxScript Script, int Seconds)? Named(string recipient)
    {
        if (!recipient.EndsWith(Domain, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var name = recipient[..^Domain.Length];
        return name.StartsWith(ThrottledFor, StringComparison.OrdinalIgnoreCase)
            ? Number(name.AsSpan(ThrottledFor.Length)) is { } seconds ? For(seconds) : null
            : At(Array.FindIndex(LocalParts, p => name.Equals(p, StringComparison.OrdinalIgnoreCase)));
    }

    private static (SandboxScript Script, int Seconds)? At(int index) =>
        index >= 0 && index < LocalParts.Length ? ((SandboxScript)index, 0) : null;

    private static (SandboxScript Script, int Seconds)? For(int seconds) =>
        seconds is >= 1 and <= MostSeconds ? (SandboxScript.ThrottleFor, seconds) : null;

    private static int? Number(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
