using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace OtpPipeline.Workers.Providers.Entries;

/// <summary>Binds an entry to its options and reports unknown keys: a misspelt key would silently leave a default.</summary>
internal static class EntryReader
{
    private const string Field = "The field ";

    public static T Read<T>(IConfigurationSection section, EntryProblems problems)
        where T : new()
    {
        FindUnknown(section, typeof(T), "", problems);

        // A value of the wrong form throws; the host names its key.
        var options = section.Get<T>() ?? new T();
        Validate(options, "", problems);
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

    private static void FindUnknown(IConfigurationSection section, Type type, string prefix, EntryProblems problems)
    {
        var known = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            var key = prefix + child.Key;
            if (!known.TryGetValue(child.Key, out var property))
            {
                problems.Add(key, $"is no key here: there are {string.Join(", ", known.Keys)}.");
            }
            else if (property.IsGenericType && typeof(IEnumerable).IsAssignableFrom(property))
            {
                FindUnknownWithin(child, property.GetGenericArguments()[^1], key, problems);
            }
            else if (IsGroup(property))
            {
                FindUnknownIn(child, property, key, problems);
            }
            else if (child.GetChildren().Any())
            {
                problems.Add(key, "holds one value, no keys.");
            }
        }
    }

    private static void FindUnknownWithin(IConfigurationSection collection, Type element, string key, EntryProblems problems)
    {
        foreach (var item in collection.GetChildren())
        {
            if (IsGroup(element))
            {
                FindUnknownIn(item, element, $"{key}:{item.Key}", problems);
            }
            else if (item.GetChildren().Any())
            {
                problems.Add($"{key}:{item.Key}", "holds one value, no keys.");
            }
        }
    }

    private static void FindUnknownIn(IConfigurationSection group, Type type, string key, EntryProblems problems)
    {
        if (!string.IsNullOrEmpty(group.Value))
        {
            problems.Add(key, "holds keys of its own, no value.");
            return;
        }

        FindUnknown(group, type, key + ":", problems);
    }

    private static bool IsGroup(Type type) => type.IsClass && type != typeof(string);

    private static (string Key, string Sentence) Split(string sentence)
    {
        var space = sentence.IndexOf(' ', StringComparison.Ordinal);
        return (sentence[..space], sentence[(space + 1)..]);
    }
}
