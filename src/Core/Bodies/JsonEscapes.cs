using System.Globalization;

namespace OtpPipeline.Core.Bodies;

/// <summary>Rejects lone surrogates: JSON can escape half a character, but no store can hold it.</summary>
internal static class JsonEscapes
{
    /// <summary>Whether every escaped surrogate has its other half.</summary>
    public static bool AreWholeCharacters(ReadOnlySpan<byte> json)
    {
        while (json.IndexOf((byte)'\\') is var at and >= 0)
        {
            json = json[at..];
            if (Unit(json) is not { } unit)
            {
                json = json[Math.Min(2, json.Length)..];
                continue;
            }

            json = json[6..];
            if (char.IsLowSurrogate(unit))
            {
                return false;
            }

            if (char.IsHighSurrogate(unit))
            {
                if (Unit(json) is not { } other || !char.IsLowSurrogate(other))
                {
                    return false;
                }

                json = json[6..];
            }
        }

        return true;
    }

    /// <summary>The UTF-16 unit of the escape at the start; null without one.</summary>
    private static char? Unit(ReadOnlySpan<byte> json) =>
        json.Length >= 6
        && json[0] == '\\'
        && json[1] == 'u'
        && ushort.TryParse(json[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
