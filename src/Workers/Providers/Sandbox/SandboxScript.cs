using System.Globalization;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Workers.Providers.Sandbox;

/// <summary>
/// The sandbox's behaviour for a recipient. It depends only on the recipient and the attempt number, so tests can rely on it.
/// </summary>
public enum SandboxScript
{
    /// <summary>Accepts. +15005550001, delivered@sandbox.example, chat 9990000001, and every recipient not listed here.</summary>
    Deliver,

    /// <summary>Refuses permanently, reason <c>refused</c>. +15005550002, refused@sandbox.example, chat 9990000002.</summary>
    Refuse,

    /// <summary>
    /// Asks to retry the first two attempts in a second, reason <c>throttled</c>, then accepts. +15005550003, throttled@sandbox.example,
    /// chat 9990000003.
    /// </summary>
    Throttle,

    /// <summary>Accepts after three seconds. +15005550004, slow@sandbox.example, chat 9990000004.</summary>
    Slow,

    /// <summary>Never answers. +15005550005, hanging@sandbox.example, chat 9990000005.</summary>
    Hang,

    /// <summary>
    /// Accepts the first attempt but loses its answer; accepts further ones. +15005550006, lost@sandbox.example, chat 9990000006.
    /// </summary>
    LoseAnswer,

    /// <summary>Accepts; then a receipt says DELIVERED. +15005550007, received@sandbox.example, chat 9990000007.</summary>
    Receive,

    /// <summary>
    /// Accepts; two seconds later a receipt says UNDELIVERED, reason <c>absent</c>. +15005550008, undelivered@sandbox.example,
    /// chat 9990000008.
    /// </summary>
    Lose,

    /// <summary>Accepts; then the same receipt says DELIVERED twice. +15005550009, duplicate@sandbox.example, chat 9990000009.</summary>
    ReceiveTwice,

    /// <summary>A receipt says DELIVERED before the answer. +15005550010, early@sandbox.example, chat 9990000010.</summary>
    ReceiveEarly,

    /// <summary>Accepts; then receipts say DELIVERED and READ. +15005550011, read@sandbox.example, chat 9990000011.</summary>
    Read,
}

public static class SandboxScripts
{
    private const string Phone = "+150055500";
    private const string Chat = "99900000";
    private const string Domain = "@sandbox.example";

    private static readonly string[] LocalParts =
    [
        "delivered", "refused", "throttled", "slow", "hanging", "lost", "received", "undelivered", "duplicate", "early", "read",
    ];

    /// <summary>Returns the script of a recipient in canonical form.</summary>
    public static SandboxScript From(string recipient) =>
        Numbered(recipient, Phone) ?? Numbered(recipient, Chat) ?? Named(recipient) ?? SandboxScript.Deliver;

    /// <summary>Returns the recipient of this kind that plays the script.</summary>
    public static string Recipient(SandboxScript script, RecipientKind kind) => kind switch
    {
        RecipientKind.Phone => $"{Phone}{(int)script + 1:00}",
        RecipientKind.Chat => $"{Chat}{(int)script + 1:00}",
        _ => $"{LocalParts[(int)script]}{Domain}",
    };

    private static SandboxScript? Numbered(string recipient, string prefix) =>
        recipient.Length == prefix.Length + 2 && recipient.StartsWith(prefix, StringComparison.Ordinal)
            && int.TryParse(recipient.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? At(number - 1)
            : null;

    private static SandboxScript? Named(string recipient) =>
        recipient.EndsWith(Domain, StringComparison.OrdinalIgnoreCase)
            ? At(Array.FindIndex(
                LocalParts, p => recipient.AsSpan(0, recipient.Length - Domain.Length).Equals(p, StringComparison.OrdinalIgnoreCase)))
            : null;

    private static SandboxScript? At(int index) => index >= 0 && index < LocalParts.Length ? (SandboxScript)index : null;
}
