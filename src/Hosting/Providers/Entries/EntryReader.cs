using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace OtpPipeline.Hosting.Providers.Entries;

/// <summary>Binds an entry to its options and reports unknown keys: a misspelt key would silently leave a default.</summary>
public static class EntryReader
{
    private const string Field = "The field ";

    /// <param name="section">The entry, or a group of keys in it.</param>
    /// <param name="problems">Gets a sentence for each wrong key.</param>
    /// <param name="moreKeys">Further keys of the entry, for the sentence about an unknown one.</param>
    /// <param name="prefix">The section's path within the entry, with a colon at its end.</param>
    public static T Read<T>(
        IConfigurationSection section, EntryProblems problems, IReadOnlyCollection<string>? moreKeys = null, string prefix = "")
        where T : new()
    {
        FindUnknown(section, typeof(T), prefix, moreKeys ?? [], problems);

        // A value of the wrong form throws; the host names its key.
        var options = section.Get<T>() ?? new T();
        Validate(options, prefix, problems);
        return options;
    }

    private static void Validate(object options, string prefix, EntryProblems problems)
    {
        List<ValidationResult> results = [];
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        foreach (var sentence in results.Select(r => r.ErrorMessage ?? ""))
        {
            var (key, rest) = Split(sentence.StartsWith(Field, StringComparison.Ordinal) ? sentence[Field.Length..] : sentence);
            problems.Add(prefix + key, rest);
        }

        foreach (var property in options.GetType().GetProperties().Where(p => p.PropertyType != typeof(string)))
        {
            switch (property.GetValue(options))
            {
                case IList<string>:
                    break;
                case IList items:
                    for (var i = 0; i < items.Count; i++)
                    {
                        Validate(items[i]!, $"{prefix}{property.Name}:{i}:", problems);
                    }

                    break;
                case { } group when IsGroup(property.PropertyType):
                    Validate(group, $"{prefix}{property.Name}:", problems);
                    break;
            }
        }
    }

    private static void FindUnknown(
        IConfigurationSection section, Type type, string prefix, IEnumerable<string> moreKeys, EntryProblems problems)
    {
        var known = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .OrderByDescending(p => p.Name is nameof(ProviderEntryOptions.Type))
            .ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            var key = prefix + child.Key;
            if (known.TryGetValue(child.Key, out var property))
            {
                Check(child, property, key, problems);
            }
            else
            {
                problems.Add(key, $"is no key here: there are {string.Join(", ", moreKeys.Concat(known.Keys))}.");
            }
        }
    }

    private static void Check(IConfigurationSection section, Type type, string key, EntryProblems problems)
    {
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            foreach (var item in section.GetChildren())
            {
                Check(item, type.GetGenericArguments()[^1], $"{key}:{item.Key}", problems);
            }
        }
        else if (!IsGroup(type))
        {
            if (section.GetChildren().Any())
            {
                problems.Add(key, "holds one value, no keys.");
            }
        }
        else if (!string.IsNullOrEmpty(section.Value))
        {
            problems.Add(key, "holds keys of its own, no value.");
        }
        else
        {
            FindUnknown(section, type, key + ":", [], problems);
        }
    }

    private static bool IsGroup(Type type) => type.IsClass && type != typeof(string);

    private static (string Key, string Sentence) Split(string sentence)
    {
        var space = sentence.IndexOf(' ', StringComparison.Ordinal);
        return (sentence[..space], sentence[(space + 1)..]);
    }
}
