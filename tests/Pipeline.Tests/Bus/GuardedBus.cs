using OtpPipeline.Pipeline.Tests.Harness;

namespace OtpPipeline.Pipeline.Tests.Bus;

/// <summary>A pipeline whose commands need a user of the broker who may use the application.</summary>
public sealed class GuardedBus : LazyPipeline
{
    /// <summary>Requests and commands a minute of the slow applications.</summary>
    internal const int SlowLimit = 12;

    internal Guid Slow { get; } = Guid.NewGuid();

    internal Guid Slower { get; } = Guid.NewGuid();

    private protected override Setup Setup
    {
        get
        {
            var settings = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (n, id) in new[] { (1, Slow), (2, Slower) })
            {
                settings[$"Applications:{n}:Id"] = id.ToString();
                settings[$"Applications:{n}:Name"] = $"slow {n}";
                settings[$"Applications:{n}:Keys:0:Key"] = KeyOf(id);
                settings[$"Applications:{n}:Keys:1:Key"] = SecondKeyOf(id);
                settings[$"Applications:{n}:Settings:Limits:RequestsPerMinute"] = $"{SlowLimit}";
                settings[$"Commands:Users:guest:{n}"] = id.ToString();
            }

            return new() { Settings = settings };
        }
    }

    internal static string KeyOf(Guid application) => $"{application:N}{application:N}";

    internal static string SecondKeyOf(Guid application) => $"second-{application:N}";
}
