namespace OtpPipeline.Core.Recipients;

/// <summary>Maps two numbers of one line to the same number, to compare recipients.</summary>
internal static class SameLine
{
    private const string SanMarinoByItaly = "+390549";
    private const string NorthernIrelandByIreland = "+35348";
    private const string ArgentineMobile = "+549";
    private const string Israel = "+972";

    /// <summary>The number that represents the line; the number itself when it has no other.</summary>
    public static string From(string e164)
    {
        if (e164.StartsWith(SanMarinoByItaly, StringComparison.Ordinal))
        {
            return $"+3780549{e164.AsSpan(SanMarinoByItaly.Length)}";
        }

        // From the Republic of Ireland, area 28 is dialled as 48.
        if (e164.StartsWith(NorthernIrelandByIreland, StringComparison.Ordinal) && e164.Length == 14)
        {
            return $"+4428{e164.AsSpan(NorthernIrelandByIreland.Length)}";
        }

        // The 9 marks a mobile called from abroad; an SMS does not need it, and no fixed line has a mobile's number.
        if (e164.StartsWith(ArgentineMobile, StringComparison.Ordinal) && e164.Length == 14)
        {
            return $"+54{e164.AsSpan(ArgentineMobile.Length)}";
        }

        // Palestinian lines are also reached under Israel's code.
        return e164.StartsWith(Israel, StringComparison.Ordinal) && $"+970{e164.AsSpan(Israel.Length)}" is var palestinian
            && PhoneNumber.Parse(palestinian, countryIso: null) is PhoneParseResult.Ok
            ? palestinian
            : e164;
    }
}
