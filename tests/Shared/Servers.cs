using Xunit;

namespace OtpPipeline.Tests.Shared;

/// <summary>The database server and the broker of ./test, and the script that starts more of them.</summary>
internal static class Servers
{
    private const string Reason = "needs ./test, which starts PostgreSQL and RabbitMQ";

    /// <summary>For fixtures, which cannot skip.</summary>
    public static bool AreThere => Environment.GetEnvironmentVariable("OTP_TEST_POSTGRES") is { Length: > 0 };

    public static string Postgres => Get("OTP_TEST_POSTGRES");

    public static Uri RabbitMq => new(Get("OTP_TEST_RABBITMQ"));

    /// <summary>Where the servers of ./test lie, and where those of a test may.</summary>
    public static string Data => Get("OTP_TEST_DATA");

    /// <summary>rabbitmqctl against the shared broker, for a shell.</summary>
    public static string BrokerTool => $"bash '{Script}' ctl rabbitmq '{Path.Combine(Data, "rabbitmq")}' {RabbitMq.Port}";

    private static string Script => Get("OTP_TEST_SERVICES");

    public static void SkipWithout() => _ = Postgres;

    /// <summary>A folder for what a test leaves behind.</summary>
    public static string NewFolder(string name)
    {
        var folder = Path.Combine(Data, $"{name}-{Guid.NewGuid().ToString("N")[..8]}");
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>The names of what there is in a virtual host of the shared broker: queues or exchanges.</summary>
    public static async Task<string[]> ListAsync(string virtualHost, string what) =>
        (await ControlAsync($"list_{what}", "--quiet", "--no-table-headers", "--vhost", virtualHost, "name"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The output of a command of scripts/services.sh; in the exception where it fails.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, errors) = await Programs.RunAsync("bash", [Script, .. arguments]);
        return code == 0
            ? output
            : throw new InvalidOperationException($"services.sh {string.Join(' ', arguments)} ended with {code}: {output} {errors}");
    }

    /// <summary>A command of rabbitmqctl against the shared broker; its output.</summary>
    public static Task<string> ControlAsync(params string[] arguments) =>
        RunAsync(["ctl", "rabbitmq", Path.Combine(Data, "rabbitmq"), $"{RabbitMq.Port}", .. arguments]);

    private static string Get(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        Assert.SkipWhen(string.IsNullOrEmpty(value), Reason);
        return value!;
    }
}
