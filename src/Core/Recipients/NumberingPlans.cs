using System.Collections.Frozen;
using System.Text.Json;

namespace OtpPipeline.Core.Recipients;

/// <summary>All numbering plans, read once from the embedded phone-metadata.json (tools/phone-metadata writes it).</summary>
internal static class NumberingPlans
{
    private const string Resource = "OtpPipeline.Core.Recipients.phone-metadata.json";
    private const int LongestCallingCode = 3;

    private static readonly PlanFile File = Read();

    private static readonly FrozenDictionary<string, NumberingPlan> ByCountry =
        File.Countries.ToFrozenDictionary(entry => entry.Key, entry => new NumberingPlan(entry.Key, entry.Value), StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, NumberingPlan[]> ByCallingCode =
        File.CallingCodes.ToFrozenDictionary(entry => entry.Key, entry => entry.Value.Select(iso => ByCountry[iso]).ToArray(), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, NumberingPlan[]>.AlternateLookup<ReadOnlySpan<char>> ByCallingCodeSpan =
        ByCallingCode.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The plan of a country by its two letters in any case, or null.</summary>
    public static NumberingPlan? OfCountry(string iso) => ByCountry.GetValueOrDefault(iso);

    /// <summary>The plans that share a calling code, the code's main country first.</summary>
    public static NumberingPlan[] Sharing(NumberingPlan plan) => ByCallingCode[plan.CallingCode];

    /// <summary>The main plan of the calling code that the digits begin with, or null. No code is the beginning of another.</summary>
    public static NumberingPlan? OfInternational(ReadOnlySpan<char> digits)
    {
        for (var length = 1; length <= Math.Min(LongestCallingCode, digits.Length); length++)
        {
            if (ByCallingCodeSpan.TryGetValue(digits[..length], out var plans))
            {
                return plans[0];
            }
        }

        return null;
    }

    private static PlanFile Read()
    {
        using var stream = typeof(NumberingPlans).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing from the assembly.");
        return JsonSerializer.Deserialize<PlanFile>(stream, JsonSerializerOptions.Web)
            ?? throw new InvalidOperationException($"The resource {Resource} is empty.");
    }
}

internal sealed record PlanFile(Dictionary<string, string[]> CallingCodes, Dictionary<string, PlanData> Countries);

internal sealed record PlanData(
    string Code, string Idd, string Pattern, int[] Lengths, string? Prefix, string? Transform, string? Leading, Dictionary<string, TypeData> Types);

internal sealed record TypeData(string Pattern, int[]? Lengths);
