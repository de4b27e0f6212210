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

    /// <summary>
    /// Fails at each attempt as a provider that does not work, reason <c>unavailable</c>. +15005550012, outage@sandbox.example,
    /// chat 9990000012.
    /// </summary>
    Fail,

    /// <summary>
    /// Asks to retry the first attempt in 1 to 99 seconds, reason <c>throttled</c>, then accepts. +15005550101 to +15005550199,
    /// throttled-1@sandbox.example to throttled-99@sandbox.example, chats 9990000101 to 9990000199.
    /// </summary>
    ThrottleFor,

    /// <summary>
    /// Accepts; 1 to 99 seconds later a receipt says UNDELIVERED, reason <c>absent</c>. +15005550201 to +15005550299,
    /// undelivered-1@sandbox.example to undelivered-99@sandbox.example, chats 9990000201 to 9990000299.
    /// </summary>
    LoseAfter,
}
