using System.Globalization;

namespace OtpPipeline.Benchmarks;

/// <summary>How long each phase takes and how much it puts into the tables.</summary>
/// <param name="WarmUp">Not measured.</param>
/// <param name="Measured">Measured.</param>
/// <param name="Rows">Finished OTPs of a database that has run for a month.</param>
/// <param name="Expiring">OTPs that expire within one second.</param>
/// <param name="FirstWarmUp">Before the first phase of new hosts: until their just-in-time compiler has seen what they do.</param>
internal sealed record Lengths(TimeSpan WarmUp, TimeSpan Measured, int Rows, int Expiring, TimeSpan FirstWarmUp)
{
    /// <summary>More than two cores verify in a second.</summary>
    private const int VerifiedPerSecond = 11_000;
    private static readonly TimeSpan NextWarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestCeiling = TimeSpan.FromSeconds(5);

    public static readonly Lengths Full = new(
        TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(12), Rows: 1_000_000, Expiring: 100_000, FirstWarmUp: TimeSpan.FromSeconds(60));

    public static readonly Lengths Quick = new(
        TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), Rows: 20_000, Expiring: 5_000, FirstWarmUp: TimeSpan.FromSeconds(2));

    /// <summary>OTPs that wait to be verified: more than a round can verify.</summary>
    public int Pending => (int)((WarmUp + Measured).TotalSeconds * VerifiedPerSecond);

    /// <summary>Of a round after the first.</summary>
    public Lengths Again() => this with { WarmUp = NextWarmUp, FirstWarmUp = NextWarmUp };

    /// <summary>Of a ceiling.</summary>
    public Lengths OfCeiling() => this with { Measured = Measured < LongestCeiling ? Measured : LongestCeiling };

    public Lengths Warm() => this with { WarmUp = TimeSpan.Zero };
}

/// <summary>What the command line and the environment of ./bench ask for.</summary>
internal sealed record Arguments(Lengths Lengths, IReadOnlySet<string> Only, string? JsonFile, int Rounds)
{
    private const int UsualRounds = 3;

    /// <summary>The PostgreSQL server, as its superuser.</summary>
    public string Postgres { get; } = Variable("OTP_BENCH_POSTGRES");

    public Uri RabbitMq { get; } = new(Variable("OTP_BENCH_RABBITMQ"));

    /// <summary>PostgreSQL's postmaster; null where it does not run on this machine.</summary>
    public int? PostgresProcess { get; } = Process("OTP_BENCH_POSTGRES_PID");

    /// <summary>All nodes where RabbitMQ is a cluster, as host:port; empty otherwise.</summary>
    public IReadOnlyList<string> RabbitMqNodes { get; } = Words("OTP_BENCH_RABBITMQ_NODES");

    /// <summary>RabbitMQ's Erlang machines; none where it does not run on this machine.</summary>
    public IReadOnlyList<int> RabbitMqProcesses { get; } =
        [.. Words("OTP_BENCH_RABBITMQ_PID").Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    /// <summary>Folder with the hosts' programs, api and workers.</summary>
    public string Hosts { get; } = Variable("OTP_BENCH_HOSTS");

    /// <summary>The Api as an image has it, compiled ahead; null where no phase needs it.</summary>
    public string? ApiAhead { get; } = Environment.GetEnvironmentVariable("OTP_BENCH_API_AHEAD");

    /// <summary>Folder for the hosts' logs.</summary>
    public string Logs { get; } = Variable("OTP_BENCH_LOGS");

    /// <summary>What is wrong with the arguments, or null.</summary>
    public static string? Parse(string[] args, IReadOnlyList<string> phases, out Arguments arguments)
    {
        var lengths = Lengths.Full;
        var only = new HashSet<string>(StringComparer.Ordinal);
        string? json = null;
        int? rounds = null;
        arguments = null!;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    lengths = Lengths.Quick with { Measured = lengths == Lengths.Full ? Lengths.Quick.Measured : lengths.Measured };
                    rounds ??= 1;
                    break;
                case "--seconds" when i + 1 < args.Length && int.TryParse(args[i + 1], out var seconds) && seconds is > 0 and <= 3600:
                    lengths = lengths with { Measured = TimeSpan.FromSeconds(seconds) };
                    i++;
                    break;
                case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], out var count) && count is > 0 and <= 100:
                    rounds = count;
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

        arguments = new(lengths, only, json, rounds ?? UsualRounds);
        return null;
    }

    private static int? Process(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static string[] Words(string name) =>
        (Environment.GetEnvironmentVariable(name) ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new BenchException($"{name} is missing: start it with ./bench.");
}

/// <summary>Why the bench cannot go on, in a sentence.</summary>
internal sealed class BenchException(string sentence) : Exception(sentence);
