namespace OtpPipeline.Hosting.Providers.Entries;

/// <summary>Collects the errors of one entry of section <c>Providers</c>: one sentence each, beginning with the key.</summary>
public sealed class EntryProblems
{
    private readonly string _path;
    private readonly List<string> _sentences;

    public EntryProblems(string path)
        : this(path, [])
    {
    }

    private EntryProblems(string path, List<string> sentences) => (_path, _sentences) = (path, sentences);

    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>Adds an error: the key within the entry and the rest of the sentence.</summary>
    public void Add(string key, string sentence) => _sentences.Add($"{_path}:{key} {sentence}");

    /// <summary>The errors of a group of keys within the entry; they are added to the entry's.</summary>
    public EntryProblems Within(string key) => new($"{_path}:{key}", _sentences);
}
