using System.Collections.Frozen;
using System.Text;

namespace OtpPipeline.Core.Formats;

/// <summary>The external text of an enum: upper snake case for statuses (PENDING), lower snake case for all else (not_verified).</summary>
/// <typeparam name="TEnum">The enum.</typeparam>
public static class EnumText<TEnum>
    where TEnum : struct, Enum
{
    private static readonly FrozenDictionary<TEnum, string> Lowers = Enum.GetValues<TEnum>()
        .ToFrozenDictionary(v => v, v => Snake(v.ToString()));
    private static readonly FrozenDictionary<TEnum, string> Uppers = Lowers.ToFrozenDictionary(p => p.Key, p => p.Value.ToUpperInvariant());
    private static readonly FrozenDictionary<string, TEnum> Values = Lowers.ToFrozenDictionary(
        p => p.Value, p => p.Key, StringComparer.OrdinalIgnoreCase);

    public static string Upper(TEnum value) => Uppers[value];

    public static string Lower(TEnum value) => Lowers[value];

    public static bool TryParse(string text, out TEnum value) => Values.TryGetValue(text, out value);

    /// <exception cref="FormatException">The text is no known value; the database may hold values of another version.</exception>
    public static TEnum Parse(string text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is no {typeof(TEnum).Name}");

    private static string Snake(string pascal)
    {
        var text = new StringBuilder(pascal.Length + 4);
        foreach (var letter in pascal)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
