using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>The step of the SMTP dialogue at which a server refused.</summary>
internal enum SmtpStage
{
    Sender,
    Recipient,
    Content,
}

/// <summary>Maps a refusal to an outcome. No side effects.</summary>
internal static class SmtpVerdict
{
    /// <summary>5xx is the recipient's. A failed log-in and a passing failure are the server's, a full or busy mailbox nobody's.</summary>
    public static SendOutcome From(SmtpStage stage, SmtpReply reply) => reply switch
    {
        { Hint: SmtpHint.Sender } => new SendOutcome.ProviderFailed("sender_refused"),
        { Hint: SmtpHint.Account } => new SendOutcome.ProviderFailed("account_suspended"),
        { Hint: SmtpHint.Access } => new SendOutcome.ProviderFailed("authentication_failed"),
        _ => ByCode(stage, reply),
    };

    /// <summary>A refusal of the session, before any message.</summary>
    public static SendOutcome NoSession(string reason) =>
        reason is "throttled" ? new SendOutcome.Throttled(reason) : new SendOutcome.ProviderFailed(reason);

    /// <summary>True if the server wants fewer messages: policy (4.7.x), too many connections, or as its words say.</summary>
    public static bool IsThrottling(SmtpReply reply) =>
        reply.Code < 500
        && (reply.Hint is SmtpHint.Throttled || Is(reply, "4.7.") || Is(reply, "4.3.2") || Is(reply, "4.4.5") || Is(reply, "4.5.3"));

    private static SendOutcome ByCode(SmtpStage stage, SmtpReply reply) => reply.Code switch
    {
        530 or 534 or 535 or 538 => new SendOutcome.ProviderFailed("authentication_failed"),
        >= 500 => new SendOutcome.Refused(Permanent(stage, reply)),
        _ when IsThrottling(reply) => new SendOutcome.Throttled("throttled"),
        _ => Passing(reply),
    };

    private static string Permanent(SmtpStage stage, SmtpReply reply) => reply switch
    {
        { Enhanced: "5.2.2" } => "mailbox_full",
        _ when Is(reply, "5.7.") => "refused",
        _ when stage == SmtpStage.Sender => "sender_refused",
        { Code: 550 or 551 or 553 } when stage == SmtpStage.Recipient || Is(reply, "5.1.") => "invalid_recipient",
        _ when Is(reply, "5.1.") => "invalid_recipient",
        _ => "refused",
    };

    private static SendOutcome Passing(SmtpReply reply) => reply switch
    {
        { Enhanced: "4.2.2" } or { Code: 452 } => new SendOutcome.NotSent("mailbox_full"),
        { Code: 450 } => new SendOutcome.NotSent("mailbox_unavailable"),
        _ => new SendOutcome.ProviderFailed("unavailable"),
    };

    private static bool Is(SmtpReply reply, string start) => reply.Enhanced?.StartsWith(start, StringComparison.Ordinal) == true;
}
