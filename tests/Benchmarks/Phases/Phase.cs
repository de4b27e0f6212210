namespace OtpPipeline.Benchmarks.Phases;

/// <summary>One thing that is measured, and what must be measured before it.</summary>
internal sealed record Phase(string Name, string[] Needs, Func<Bench, CancellationToken, Task> RunAsync)
{
    /// <summary>The chosen phases, all without a choice, with those that they need, in their order.</summary>
    public static IEnumerable<Phase> Chosen(IReadOnlyList<Phase> all, IReadOnlySet<string> only)
    {
        if (only.Count == 0)
        {
            return all;
        }

        var chosen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var phase in all.Where(p => only.Contains(p.Name)))
        {
            Add(all, phase, chosen);
        }

        return all.Where(p => chosen.Contains(p.Name));
    }

    private static void Add(IReadOnlyList<Phase> all, Phase phase, HashSet<string> chosen)
    {
        if (chosen.Add(phase.Name))
        {
            foreach (var need in phase.Needs)
            {
                Add(all, all.First(p => p.Name == need), chosen);
            }
        }
    }
}
