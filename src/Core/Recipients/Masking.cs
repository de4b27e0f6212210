namespace OtpPipeline.Core.Recipients;

internal static class Masking
{
    /// <summary>Replaces hidden characters; its fixed length does not reveal their number.</summary>
    public const string Hidden = "•••••";

    private const int MostShown = 3;

    /// <summary>The last digits: three at most, and never more than a third of all.</summary>
    public static string Tail(ReadOnlySpan<char> digits) =>
        $"{Hidden}{digits[^Math.Min(MostShown, digits.Length / 3)..]}";
}
