namespace OtpPipeline.Benchmarks;

/// <summary>How long each phase takes and how much it puts into the tables.</summary>
/// <param name="WarmUp">Not measured.</param>
/// <param name="Measured">Measured.</param>
/// <param name="Rows">Finished OTPs of a database that has run for a month.</param>
/// <param name="Pending">OTPs that wait to be verified.</param>
/// <param name="FirstWarmUp">Before the first phase of new hosts: until their just-in-time compiler has seen what they do.</param>
internal sealed record Lengths(TimeSpan WarmUp, TimeSpan Measured, int Rows, int Pending, TimeSpan FirstWarmUp)
{
    public static readonly Lengths Full = new(
        TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(12), Rows: 1_000_000, Pending: 300_000, FirstWarmUp: TimeSpan.FromSeconds(60));

    public static readonly Lengths Quick = new(
        TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), Rows: 20_000, Pending: 60_000, FirstWarmUp: TimeSpan.FromSeconds(2));
}

/// <summary>What the command line and the environment of ./bench ask for.</summary>
internal sealed record Arguments(Lengths Lengths, IReadOnlySet<string> Only, string? JsonFile)
{
    /// <summary>The PostgreSQL server, as its superuser.</summary>
    public string Postgres { get; } = Variable("OTP_BENCH_POSTGRES");

    public Uri RabbitMq { get; } = new(Variable("OTP_BENCH_RABBITMQ"));

    /// <summary>Folder with the hosts' programs, api and workers.</summary>
    public string Hosts { get; } = Variable("OTP_BENCH_HOSTS");

    /// <summary>Folder for the hosts' logs.</summary>
    public string Logs { get; } = Variable("OTP_BENCH_LOGS");

    /// <summary>What is wrong with the arguments, or null.</summary>
    public static string? Parse(string[] args, IReadOnlyList<string> phases, out Arguments arguments)
    {
        var lengths = Lengths.Full;
        var only = new HashSet<string>(StringComparer.Ordinal);
        string? json = null;
        arguments = null!;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    lengths = Lengths.Quick with { Measured = lengths == Lengths.Full ? Lengths.Quick.Measured : lengths.Measured };
                    break;
                case "--seconds" when i + 1 < args.Length && int.TryParse(args[i + 1], out var seconds) && seconds is > 0 and <= 3600:
                    lengths = lengths with { Measured = TimeSpan.FromSeconds(seconds) };
                    i++;
                    break;
                case "--only" when i + 1 < args.Length && phases.Contains(args[i + 1]):
                    only.Add(args[++i]);
                    break;
                case "--json" when i + 1 < args.Length:
                    json = args[++i];
                    break;
                case "--only":
                    return $"--only takes one of: {string.Join(", ", phases)}.";
                default:
                    return $"./bench does not know '{args[i]}', or it lacks a value; see ./bench --help.";
            }
        }

        arguments = new(lengths, only, json);
        return null;
    }

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new BenchException($"{name} is missing: start it with ./bench.");
}

/// <summary>Why the bench cannot go on, in a sentence.</summary>
internal sealed class BenchException(string sentence) : Exception(sentence);
