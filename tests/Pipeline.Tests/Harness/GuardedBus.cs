
namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>A pipeline whose broker knows a user with the rights of docs/bus.md, for one application and no other.</summary>
public sealed class GuardedBus : LazyPipeline
{
    /// <summary>Requests and commands a minute of the slow applications.</summary>
    internal const int SlowLimit = 12;

    private const string Password = "shops-password";
    private Task<RunningPipeline>? _guarded;

    internal Guid Slow { get; } = Guid.NewGuid();

    internal Guid Slower { get; } = Guid.NewGuid();

    internal Guid Shop { get; } = Guid.NewGuid();

    internal Guid Other { get; } = Guid.NewGuid();

    /// <summary>The user who may use the shop alone. Users are the whole broker's, so its name is this fixture's own.</summary>
    internal string User { get; } = $"shop-{Guid.NewGuid():N}";

    private protected override Setup Setup
    {
        get
        {
            var settings = new Dictionary<string, string>(StringComparer.Ordinal) { [$"Commands:Users:{User}:0"] = Shop.ToString() };
            foreach (var (n, id, limit) in new[] { (1, Slow, SlowLimit), (2, Slower, SlowLimit), (3, Shop, 100_000), (4, Other, 100_000) })
            {
                settings[$"Applications:{n}:Id"] = id.ToString();
                settings[$"Applications:{n}:Name"] = $"guarded {n}";
                settings[$"Applications:{n}:Keys:0:Key"] = KeyOf(id);
                settings[$"Applications:{n}:Keys:1:Key"] = SecondKeyOf(id);
                settings[$"Applications:{n}:Settings:Limits:RequestsPerMinute"] = $"{limit}";
                settings[$"Commands:Users:guest:{n}"] = id.ToString();
            }

            return new() { Settings = settings };
        }
    }

    internal static string KeyOf(Guid application) => $"{application:N}{application:N}";

    internal static string SecondKeyOf(Guid application) => $"second-{application:N}";

    /// <summary>The pipeline with the user.</summary>
    internal Task<RunningPipeline> WithUserAsync() => _guarded ??= StartAsync();

    internal Uri UserOf(RunningPipeline pipeline) => new UriBuilder(pipeline.Broker) { UserName = User, Password = Password }.Uri;

    internal Sandbox SandboxOf(RunningPipeline pipeline) => new(new Client(KeyOf(Shop), () => [pipeline.Apis[0].Address]));

    private async Task<RunningPipeline> StartAsync()
    {
        var pipeline = await GetAsync();

        // The page's own lines, for this virtual host and this user.
        var lines = File.ReadAllText(Repository.At("docs", "bus.md")).Split('\n')
            .SkipWhile(
                l => !l.StartsWith("    rabbitmqctl add_user shop ", StringComparison.Ordinal)).TakeWhile(l => l
                    .StartsWith("    ", StringComparison.Ordinal));
        var commands = string.Join('\n', lines)
            .Replace("-p / ", $"-p {pipeline.Broker.AbsolutePath.Trim('/')} ", StringComparison.Ordinal)
            .Replace(" shop ", $" {User} ", StringComparison.Ordinal);
        await Repository.RunAsync(
            "bash", Servers.Data, "-euc",
            $"rabbitmqctl() {{ {Servers.BrokerTool} \"$@\"; }}; OTP_SHOP_PASSWORD={Password}; OTP_APPLICATION_ID={Shop}\n{commands}");
        return pipeline;
    }
}
