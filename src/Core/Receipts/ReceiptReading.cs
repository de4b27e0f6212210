namespace OtpPipeline.Core.Receipts;

/// <summary>Why a request holds no receipts to believe.</summary>
public enum ReceiptProblem
{
    /// <summary>It is not authentic: no signature, a wrong or an old one.</summary>
    Forged,

    /// <summary>It is authentic, but not in the provider's documented form.</summary>
    Unreadable,

    /// <summary>It cannot be checked now, because the provider's certificate cannot be fetched: it must come again.</summary>
    Unavailable,
}

/// <summary>What a reader found in a request.</summary>
/// <param name="Receipts">Any number of receipts; empty with a problem.</param>
/// <param name="Problem">Null for an authentic and readable request.</param>
/// <param name="Reply">The answer that the provider expects; null for 200 without a body. Without effect with a problem.</param>
public sealed record ReceiptReading(IReadOnlyList<Receipt> Receipts, ReceiptProblem? Problem = null, ReceiptReply? Reply = null)
{
    /// <summary>The request is not authentic.</summary>
    public static readonly ReceiptReading Forged = new([], ReceiptProblem.Forged);

    /// <summary>The request is authentic and cannot be read.</summary>
    public static readonly ReceiptReading Unreadable = new([], ReceiptProblem.Unreadable);

    /// <summary>The request must come again.</summary>
    public static readonly ReceiptReading Unavailable = new([], ReceiptProblem.Unavailable);
}

/// <summary>An answer to a provider, such as the echo of a challenge.</summary>
/// <param name="Status">A 2xx status.</param>
/// <param name="Body">The body.</param>
/// <param name="ContentType">The body's media type.</param>
public sealed record ReceiptReply(int Status, string Body = "", string ContentType = "text/plain; charset=utf-8");
