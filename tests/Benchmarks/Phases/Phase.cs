namespace OtpPipeline.Benchmarks.Phases;

/// <summary>One thing that is measured, and what must be measured before it.</summary>
internal sealed record Phase(string Name, string[] Needs, Func<Bench, CancellationToken, Task> MeasureAsync)
{
    /// <summary>Measured once, or its rounds are its own affair.</summary>
    public bool IsOnce { get; init; }

    /// <summary>Runs only when it is named.</summary>
    public bool IsOnlyNamed { get; init; }

    /// <summary>The phases that are held against a ceiling measure it themselves.</summary>
    public static Phase Of(Ceiling ceiling, string name) =>
        new(name, [], (bench, cancellationToken) => bench.CeilingAsync(ceiling, cancellationToken)) { IsOnlyNamed = true };

    public async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var rounds = IsOnce ? 1 : bench.Arguments.Rounds;
        for (bench.Round = 1; bench.Round <= rounds; bench.Round++)
        {
            Console.WriteLine(rounds == 1 ? Name : $"{Name}, round {bench.Round} of {rounds}");
            await MeasureAsync(bench, cancellationToken);
        }
    }

    /// <summary>The chosen phases, all without a choice, with those that they need, in their order.</summary>
    public static IEnumerable<Phase> Chosen(IReadOnlyList<Phase> all, IReadOnlySet<string> only)
    {
        if (only.Count == 0)
        {
            return all.Where(p => !p.IsOnlyNamed);
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
