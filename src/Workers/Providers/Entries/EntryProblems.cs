namespace OtpPipeline.Workers.Providers.Entries;

/// <summary>Collects the errors of one entry of section <c>Providers</c>: one sentence each, beginning with the key.</summary>
internal sealed class EntryProblems(string path)
{
    private readonly List<string> _sentences = [];

    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>Adds an error: the key within the entry and the rest of the sentence.</summary>
    public void Add(string key, string sentence) => _sentences.Add($"{path}:{key} {sentence}");
}
