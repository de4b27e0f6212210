namespace OtpPipeline.Hosting.Starting;

/// <summary>Adds the configuration key to a validation message, which names only the property.</summary>
internal static class OptionsNames
{
    private const string Field = "The field ";
    private const string RequiredField = "The ";

    /// <summary>"The field Lease must be ..." of DeliveryOptions becomes "Deliveries:Lease must be ...".</summary>
    public static string Complete(string optionsType, string sentence)
    {
        var section = SectionOf(optionsType);
        if (section is null)
        {
            return sentence;
        }

        if (sentence.StartsWith(Field, StringComparison.Ordinal))
        {
            return $"{section}:{sentence[Field.Length..]}";
        }

        return sentence.StartsWith(RequiredField, StringComparison.Ordinal)
            && sentence.EndsWith(" field is required.", StringComparison.Ordinal)
            ? $"{section}:{sentence[RequiredField.Length..^" field is required.".Length]} is missing."
            : sentence;
    }

    /// <summary>The constant Section of the options type; null where it has none.</summary>
    private static string? SectionOf(string optionsType) =>
        AppDomain.CurrentDomain.GetAssemblies()
            .Where(a => a.GetName().Name?.StartsWith("OtpPipeline.", StringComparison.Ordinal) == true)
            .SelectMany(a => a.GetTypes())
            .Where(t => string.Equals(t.Name, optionsType, StringComparison.Ordinal))
            .Select(t => t.GetField("Section")?.GetRawConstantValue() as string)
            .FirstOrDefault(s => s is not null);
}
