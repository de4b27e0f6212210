using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OtpPipeline.Core.Bodies;

/// <summary>Warnings about fields that a body does not have: a misspelled field changes nothing without an error.</summary>
public static class FieldWarnings
{
    private const int MaxNames = 10;
    private const int MaxLength = 40;

    /// <summary>The names of the fields that a type describes.</summary>
    public static FrozenSet<string> FieldsOf(Type type) => type.GetProperties()
        .Where(p => p.GetCustomAttribute<JsonIgnoreAttribute>() is null)
        .Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name))
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The names of the object's other fields, in their order, each with the path before it.</summary>
    public static IReadOnlyList<string> Unknown(
        JsonElement body, FrozenSet<string> known, IReadOnlyCollection<string> others, string path = "")
    {
        List<string>? unknown = null;
        foreach (var field in body.EnumerateObject())
        {
            if (!known.Contains(field.Name) && !others.Contains(field.Name, StringComparer.Ordinal))
            {
                (unknown ??= []).Add(path + Shorten(field.Name));
            }
        }

        return unknown ?? [];
    }

    /// <summary>Names, never values: a value may be a secret under a wrong name.</summary>
    public static IReadOnlyList<string>? From(IReadOnlyList<string> unknown)
    {
        if (unknown.Count == 0)
        {
            return null;
        }

        List<string> warnings = [.. unknown.Take(MaxNames).Select(n => $"The field '{n}' is unknown and was ignored")];
        if (unknown.Count > MaxNames)
        {
            warnings.Add($"{unknown.Count - MaxNames} further fields are unknown and were ignored");
        }

        return warnings;
    }

    private static string Shorten(string name)
    {
        if (name.Length <= MaxLength)
        {
            return name;
        }

        // Not within a pair of surrogates.
        var end = char.IsHighSurrogate(name[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return string.Concat(name.AsSpan(0, end), "...");
    }
}
