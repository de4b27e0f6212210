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
}

public static class SandboxScripts
{
    private const string Phone = "+1500555000";
    private const string Chat = "999000000";
    private const string Domain = "@sandbox.example";

    private static readonly string[] LocalParts = ["delivered", "refused", "throttled", "slow", "hanging", "lost"];

    /// <summary>Returns the script of a recipient in canonical form.</summary>
    public static SandboxScript From(string recipient) =>
        Numbered(recipient, Phone) ?? Numbered(recipient, Chat) ?? Named(recipient) ?? SandboxScript.Deliver;

    /// <summary>Returns the recipient of this kind that plays the script.</summary>
    public static string Recipient(SandboxScript script, RecipientKind kind) => kind switch
    {
        RecipientKind.Phone => $"{Phone}{(int)script + 1}",
        RecipientKind.Chat => $"{Chat}{(int)script + 1}",
        _ => $"{LocalParts[(int)script]}{Domain}",
    };

    private static SandboxScript? Numbered(string recipient, string prefix) =>
        recipient.Length == prefix.Length + 1 && recipient.StartsWith(prefix, StringComparison.Ordinal) ? At(recipient[^1] - '1') : null;

    private static SandboxScript? Named(string recipient) =>
        recipient.EndsWith(Domain, StringComparison.OrdinalIgnoreCase)
            ? At(Array.FindIndex(LocalParts, p => recipient.AsSpan(0, recipient.Length - Domain.Length).Equals(p, StringComparison.OrdinalIgnoreCase)))
            : null;

    private static SandboxScript? At(int index) => index >= 0 && index < LocalParts.Length ? (SandboxScript)index : null;
}
