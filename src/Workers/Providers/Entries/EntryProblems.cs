namespace OtpPipeline.Workers.Providers.Entries;

/// <summary>What is wrong with one entry of section <c>Providers</c>: a sentence each, beginning with the key.</summary>
internal sealed class EntryProblems(string path)
{
    private readonly List<string> _sentences = [];

    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>The key within the entry, and the rest of the sentence.</summary>
    public void Add(string key, string sentence) => _sentences.Add($"{path}:{key} {sentence}");
}
