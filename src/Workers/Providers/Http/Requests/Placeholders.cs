using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>The placeholders and filters that an entry's templates can use.</summary>
internal sealed record Placeholders(IReadOnlyCollection<string> Names, ValueFilters Filters)
{
    /// <summary>Returns null and the problem if the text has a wrong placeholder.</summary>
    public Template? Parse(string text, out string problem) => Template.Parse(text, Names, out problem, Filters);
}
