using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Core.Formats;

/// <summary>The allowed texts of a property: the words of an enum, in the API's format.</summary>
/// <typeparam name="TEnum">The enum.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WordsOfAttribute<TEnum>(bool upper = false) : AllowedValuesAttribute(Words(upper))
    where TEnum : struct, Enum
{
    private static object[] Words(bool upper) =>
        [.. Enum.GetValues<TEnum>().Select(v => upper ? EnumText<TEnum>.Upper(v) : EnumText<TEnum>.Lower(v))];
}
