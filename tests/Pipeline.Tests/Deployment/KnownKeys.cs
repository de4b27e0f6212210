using System.Globalization;
using System.Reflection;
using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;

namespace OtpPipeline.Pipeline.Tests.Deployment;

/// <summary>Which configuration keys there are: those of an appsettings.json, and those that bind to an options class.</summary>
internal static class KnownKeys
{
    private static readonly JsonDocumentOptions WithComments =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    // Read by ASP.NET Core or by the settings of a container engine, not by a class of ours.
    private static readonly string[] OfTheFramework = ["ASPNETCORE_ENVIRONMENT", "ASPNETCORE_URLS", "DOTNET_ENVIRONMENT"];

    private static readonly ILookup<string, Type> Sections = OptionsClasses();

    /// <summary>Every key of a host's appsettings.json with its value as written; an empty list or map is a key too.</summary>
    public static IReadOnlyDictionary<string, string> From(string host)
    {
        var keys = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Flatten(JsonDocument.Parse(Repository.Read("src", host, "appsettings.json"), WithComments).RootElement, "", keys);
        return keys;
    }

    /// <summary>Whether a host reads this key; the sections and properties of the options classes, or the file itself, say so.</summary>
    public static bool IsKnown(string key) =>
        OfTheFramework.Contains(key) || From("Api").ContainsKey(key) || From("Workers").ContainsKey(key) || Binds(key.Split(':'));

    private static bool Binds(string[] path) => Sections[path[0]].Any(type => Walk(type, path.AsSpan(1)));

    private static bool Walk(Type type, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            return true;
        }

        if (ElementOf(type, typeof(IDictionary<,>), 1) is { } value)
        {
            return Walk(value, path[1..]);
        }

        if (ElementOf(type, typeof(IEnumerable<>), 0) is { } element && type != typeof(string))
        {
            return (path[0] == "N" || int.TryParse(path[0], CultureInfo.InvariantCulture, out _)) && Walk(element, path[1..]);
        }

        var property = type.GetProperty(path[0], BindingFlags.Public | BindingFlags.Instance);
        return property is not null && Walk(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, path[1..]);
    }

    private static Type? ElementOf(Type type, Type open, int argument) =>
        type.GetInterfaces().Append(type).Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == open)
            .Select(i => i.GetGenericArguments()[argument]).FirstOrDefault();

    private static ILookup<string, Type> OptionsClasses()
    {
        var folders = new[] { "Api", "Workers" }.Select(h => Path.Combine(Repository.Root, "src", h, "bin"));
        var output = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(AppContext.BaseDirectory + "x")!)!);
        var assemblies = folders.SelectMany(f => Directory.EnumerateFiles(f, "OtpPipeline.*.dll", SearchOption.AllDirectories))
            .Where(f => f.Contains($"{Path.DirectorySeparatorChar}{output}{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .DistinctBy(Path.GetFileName)
            .Select(Assembly.LoadFrom);
        return assemblies.SelectMany(a => a.GetTypes())
            .Select(
                t => (Type: t, Section: t.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string))
            .Where(t => t.Section is not null)

            // A list of a class has that class's section too: the list is what is bound.
            .ToLookup(t => t.Section!, t => ListOf(t.Type), StringComparer.Ordinal);
    }

    private static Type ListOf(Type type) =>
        type.Name.StartsWith("Seeded", StringComparison.Ordinal) ? typeof(List<>).MakeGenericType(type) : type;

    private static void Flatten(JsonElement element, string path, SortedDictionary<string, string> keys)
    {
        if (element.ValueKind == JsonValueKind.Object && element.EnumerateObject().Any())
        {
            foreach (var property in element.EnumerateObject())
            {
                Flatten(property.Value, path.Length == 0 ? property.Name : $"{path}:{property.Name}", keys);
            }

            return;
        }

        keys[path] = element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
    }
}
