using System.Globalization;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Workers.Providers.Sandbox;

/// <summary>Finds the script of a recipient, and the recipients of a script.</summary>
public static class SandboxScripts
{
    private const string Phone = "+1500555";
    private const string Chat = "999000";
    private const string Domain = "@sandbox.example";
    private const int Digits = 4;
    private const int MostSeconds = 99;
    private const int SecondsOfLose = 2;

    private static readonly string[] LocalParts =
    [
        "delivered", "refused", "throttled", "slow", "hanging", "lost", "received", "undelivered", "duplicate", "early", "read", "outage",
    ];

    // The recipient names the seconds: added to the number, or after the name.
    private static readonly (SandboxScript Script, int Number, string Name)[] Timed =
    [
        (SandboxScript.ThrottleFor, 100, "throttled-"), (SandboxScript.LoseAfter, 200, "undelivered-"),
    ];

    /// <summary>Returns the script of a recipient in canonical form.</summary>
    public static SandboxScript From(string recipient) => Read(recipient).Script;

    /// <summary>
    /// Returns for how long a recipient of <see cref="SandboxScript.ThrottleFor"/> is throttled, or after which time one of
    /// <see cref="SandboxScript.Lose"/> or <see cref="SandboxScript.LoseAfter"/> gets its receipt; zero for any other.
    /// </summary>
    public static TimeSpan TimeOf(string recipient) =>
        Read(recipient) is var (script, seconds) && script == SandboxScript.Lose
            ? TimeSpan.FromSeconds(SecondsOfLose)
            : TimeSpan.FromSeconds(seconds);

    /// <summary>Returns the recipient of this kind that plays the script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="kind">Phone number, e-mail address or chat.</param>
    /// <param name="seconds">1 to 99, of a script whose recipients name the seconds.</param>
    public static string Recipient(SandboxScript script, RecipientKind kind, int seconds = 1)
    {
        var timed = Array.Find(Timed, t => t.Script == script);
        var number = timed.Name is null ? (int)script + 1 : timed.Number + seconds;
        return kind switch
        {
            RecipientKind.Phone => $"{Phone}{number:0000}",
            RecipientKind.Chat => $"{Chat}{number:0000}",
            _ => $"{(timed.Name is { } name ? $"{name}{seconds}" : LocalParts[(int)script])}{Domain}",
        };
    }

    private static (SandboxScript Script, int Seconds) Read(string recipient) =>
        Numbered(recipient, Phone) ?? Numbered(recipient, Chat) ?? Named(recipient) ?? (SandboxScript.Deliver, 0);

    private static (SandboxScript Script, int Seconds)? Numbered(string recipient, string prefix) =>
        recipient.Length == prefix.Length + Digits && recipient.StartsWith(prefix, StringComparison.Ordinal)
            && Number(recipient.AsSpan(prefix.Length)) is { } number
            ? At(number - 1) ?? First(t => number - t.Number)
            : null;

    private static (SandboxScript Script, int Seconds)? Named(string recipient)
    {
        if (!recipient.EndsWith(Domain, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var local = recipient[..^Domain.Length];
        return At(Array.FindIndex(LocalParts, p => local.Equals(p, StringComparison.OrdinalIgnoreCase)))
            ?? First(t => local.StartsWith(t.Name, StringComparison.OrdinalIgnoreCase) ? Number(local.AsSpan(t.Name.Length)) : null);
    }

    private static (SandboxScript Script, int Seconds)? At(int index) =>
        index >= 0 && index < LocalParts.Length ? ((SandboxScript)index, 0) : null;

    private static (SandboxScript Script, int Seconds)? First(Func<(SandboxScript Script, int Number, string Name), int?> secondsOf)
    {
        foreach (var timed in Timed)
        {
            if (secondsOf(timed) is { } seconds and >= 1 and <= MostSeconds)
            {
                return (timed.Script, seconds);
            }
        }

        return null;
    }

    private static int? Number(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
