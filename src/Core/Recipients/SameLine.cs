namespace OtpPipeline.Core.Recipients;

/// <summary>Numbers that reach one line under two spellings: one of them stands for both where recipients are compared.</summary>
internal static class SameLine
{
    private const string SanMarinoByItaly = "+390549";
    private const string NorthernIrelandByIreland = "+35348";
    private const string ArgentineMobile = "+549";
    private const string Israel = "+972";

    /// <summary>The spelling that stands for the line; the number itself where it has no other.</summary>
    public static string From(string e164)
    {
        if (e164.StartsWith(SanMarinoByItaly, StringComparison.Ordinal))
        {
            return $"+3780549{e164.AsSpan(SanMarinoByItaly.Length)}";
        }

        // From the Republic of Ireland area 28 is dialled as 48.
        if (e164.StartsWith(NorthernIrelandByIreland, StringComparison.Ordinal) && e164.Length == 14)
        {
            return $"+4428{e164.AsSpan(NorthernIrelandByIreland.Length)}";
        }

        // The 9 says that a mobile is called from abroad; an SMS does without, and no fixed line has a mobile's number.
        if (e164.StartsWith(ArgentineMobile, StringComparison.Ordinal) && e164.Length == 14)
        {
            return $"+54{e164.AsSpan(ArgentineMobile.Length)}";
        }

        // Lines of Palestine answer under Israel's code too.
        return e164.StartsWith(Israel, StringComparison.Ordinal) && $"+970{e164.AsSpan(Israel.Length)}" is var palestinian
            && PhoneNumber.Parse(palestinian, countryIso: null) is PhoneParseResult.Ok
            ? palestinian
            : e164;
    }
}
