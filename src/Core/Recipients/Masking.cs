namespace OtpPipeline.Core.Recipients;

internal static class Masking
{
    /// <summary>Stands for what is hidden; always the same length, so that it does not tell how much that is.</summary>
    public const string Hidden = "•••••";

    private const int MostShown = 3;

    /// <summary>The last digits: three at most, and never more than a third of them.</summary>
    public static string Tail(ReadOnlySpan<char> digits) =>
        $"{Hidden}{digits[^Math.Min(MostShown, digits.Length / 3)..]}";
}
