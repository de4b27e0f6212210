using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using OtpPipeline.Pipeline.Tests.Deployment;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>Every example of README.md and docs, run as the page shows it against the hosts as ./run starts them.</summary>
[Collection(nameof(DocumentedPipeline))]
public sealed partial class The_examples(DocumentedPipeline documented)
{
    private const RegexOptions Options = RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static TheoryData<string> PagesWith(string kind)
    {
        var pages = new TheoryData<string>();
        foreach (var page in Example.Pages.Where(p => Kinds.From(p).Any(e => e.Kind.ToString() == kind)))
        {
            pages.Add(page);
        }

        return pages;
    }

    [Fact]
    public void Are_all_tested_or_named_with_the_reason_why_not()
    {
        Example.All.Count.ShouldBeGreaterThan(50);
        var unknown = Example.Pages.SelectMany(Kinds.From).Where(e => e.Kind == Kind.Unknown).Select(e => e.Example.ToString());
        unknown.ShouldBeEmpty("each example is a command, a script, a configuration, lines of a test, or is named in Elsewhere");
        Elsewhere.Unused.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(PagesWith), nameof(Kind.Shell))]
    public async Task Of_a_page_answer_as_it_shows(string page)
    {
        var (_, folder) = await documented.GetAsync();
        await using var shell = new Shell(folder);
        var reader = new ShellExample();
        var paused = false;
        foreach (var (example, kind) in Kinds.From(page))
        {
            if (kind != Kind.Shell)
            {
                continue;
            }

            foreach (var step in reader.Steps(example))
            {
                var wrong = await WrongAsync(shell, step);
                for (var watch = Stopwatch.StartNew(); paused && wrong.Count > 0 && watch.Elapsed < Patience; wrong = await WrongAsync(shell, step))
                {
                    await Task.Delay(Pause, TestContext.Current.CancellationToken);
                }

                wrong.ShouldBeEmpty($"{example.Page}, example at line {example.Line}: {step.Command}");
                paused = step.IsPause;
            }
        }
    }

    /// <summary>A machine that is fast needs no pause; whoever copies the lines may have a slow one.</summary>
    [Theory]
    [MemberData(nameof(PagesWith), nameof(Kind.Shell))]
    public void Of_a_page_pause_before_they_look_for_what_comes_later(string page)
    {
        var reader = new ShellExample();
        var paused = false;
        foreach (var step in Kinds.From(page).Where(e => e.Kind == Kind.Shell).SelectMany(e => reader.Steps(e.Example)))
        {
            var looks = Look().IsMatch(step.Command);

            // What an operator lists, or sends again, was there before.
            var makes = !looks && step.Command.Contains("curl", StringComparison.Ordinal) && !Again().IsMatch(step.Command);
            paused = step.IsPause || (paused && !makes);
            (paused || !looks).ShouldBeTrue($"{page} needs a pause before: {step.Command}");
        }
    }

    [Theory]
    [MemberData(nameof(PagesWith), nameof(Kind.Python))]
    public async Task In_Python_run(string page)
    {
        var (_, folder) = await documented.GetAsync();
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs ./test, which installs python3-pika");
        await using var shell = new Shell(folder);
        await shell.RunAsync(". .local/demo.env");
        foreach (var example in Kinds.From(page).Where(e => e.Kind == Kind.Python).Select(e => e.Example))
        {
            var answer = example.Lines.SkipWhile(l => !l.StartsWith('{')).ToList();
            var script = string.Join('\n', example.Lines.SkipLast(answer.Count)) + Signature.CheckIn(example, "python");
            await File.WriteAllTextAsync(Path.Combine(folder, "example.py"), script);

            var (output, status) = await shell.RunAsync("/usr/bin/python3 example.py");

            status.ShouldBe(0, $"{example}:\n{output}");
            ShownAnswer.Differences(string.Join('\n', answer), PythonBytes().Replace(output, "${body}"))
                .ShouldBeEmpty($"{example}:\n{output}");
        }
    }

    [Theory]
    [MemberData(nameof(PagesWith), nameof(Kind.Node))]
    public async Task For_node_run(string page)
    {
        var modules = Environment.GetEnvironmentVariable("OTP_TEST_WEBHOOK_ORACLE");
        Assert.SkipWhen(string.IsNullOrEmpty(modules), "needs ./test, which installs node and standardwebhooks");
        await using var shell = new Shell(modules!);
        foreach (var example in Kinds.From(page).Where(e => e.Kind == Kind.Node).Select(e => e.Example))
        {
            var script = Path.Combine(Servers.NewFolder("node"), "example.cjs");
            await File.WriteAllTextAsync(script, Signature.CheckIn(example, "node"));

            var (output, status) = await shell.RunAsync($"NODE_PATH={modules}/node_modules node {script}");

            status.ShouldBe(0, $"{example}:\n{output}");
        }
    }

    [Theory]
    [MemberData(nameof(PagesWith), nameof(Kind.Compose))]
    public async Task Of_a_compose_file_name_keys_that_the_hosts_read(string page)
    {
        var file = Path.Combine(Servers.NewFolder("compose"), "compose.override.yaml");
        foreach (var example in Kinds.From(page).Where(e => e.Kind == Kind.Compose).Select(e => e.Example))
        {
            await File.WriteAllTextAsync(file, example.Text);
            var services = (await Repository.YamlAsync(file)).GetProperty("services");
            var known = (await Repository.YamlAsync("compose.yaml")).GetProperty("services");
            foreach (var service in services.EnumerateObject())
            {
                known.TryGetProperty(service.Name, out _).ShouldBeTrue($"{example}: compose.yaml has no service {service.Name}");
                foreach (var variable in service.Value.GetProperty("environment").EnumerateObject().Select(v => v.Name))
                {
                    (variable.StartsWith("HTTP_AUTH_", StringComparison.Ordinal) || KnownKeys.IsKnown(variable.Replace("__", ":", StringComparison.Ordinal)))
                        .ShouldBeTrue($"{example}: no host reads {variable}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(PagesWith), nameof(Kind.Sql))]
    public async Task In_SQL_run(string page)
    {
        var (pipeline, _) = await documented.GetAsync();
        var database = new Npgsql.NpgsqlConnectionStringBuilder(pipeline.Database.ConnectionString).Database;
        foreach (var example in Kinds.From(page).Where(e => e.Kind == Kind.Sql).Select(e => e.Example))
        {
            var here = example.Text.Replace("IN DATABASE otp ", $"IN DATABASE {database} ", StringComparison.Ordinal);

            var run = () => pipeline.Database.ExecuteAsync($"BEGIN; {here} ROLLBACK;");

            await run.ShouldNotThrowAsync(example.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(PagesWith), nameof(Kind.TransactSql))]
    public void In_Transact_SQL_are_read_by_its_parser(string page)
    {
        foreach (var example in Kinds.From(page).Where(e => e.Kind == Kind.TransactSql).Select(e => e.Example))
        {
            using var text = new StringReader(example.Text);
            _ = new TSql150Parser(initialQuotedIdentifiers: true).Parse(text, out var errors);

            errors.Select(e => e.Message).ShouldBeEmpty(example.ToString());
        }
    }

    [Fact]
    public async Task Show_the_event_that_a_subscriber_gets()
    {
        var example = Example.All.Single(e => IsShownElsewhere(e) && e.First.StartsWith('{'));
        var (pipeline, _) = await documented.GetAsync();
        var otp = await pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), metadata = new { order = "4711" } });
        await pipeline.Client.CancelAsync(otp);

        await Eventually.Until(() => pipeline.Events.ForOtp(otp).Exists(e => e.IsStatus), "the event has arrived");

        var arrived = pipeline.Events.ForOtp(otp).Single(e => e.IsStatus).Body.GetRawText()
            .Replace("CANCELLED", "VERIFIED", StringComparison.Ordinal);
        ShownAnswer.Differences(example.Text, arrived).ShouldBeEmpty(arrived);
    }

    /// <summary>Examples that are neither commands nor configuration, but what somebody else gets.</summary>
    internal static bool IsShownElsewhere(Example example) =>
        example is { Page: "README.md", Lines.Count: 1 } && example.First.StartsWith("{\"otpId\"", StringComparison.Ordinal)
        || Callback_example.IsCallback(example);

    private static async Task<List<string>> WrongAsync(Shell shell, ShellStep step)
    {
        var (output, status) = await shell.RunAsync(step.Command);
        var wrong = ShownAnswer.Differences(step.Shown, output).ToList();
        if (status != 0)
        {
            wrong.Add($"it ended with {status}");
        }

        if (step.Shown.Trim().Length == 0 && Refusal().IsMatch(output))
        {
            wrong.Add("it was refused, and the page does not show that");
        }

        return wrong.Count == 0 ? [] : [.. wrong, $"answered was: {output}"];
    }

    [GeneratedRegex("""^b'(?<body>.*)'$""", Options)]
    private static partial Regex PythonBytes();

    [GeneratedRegex(@"\$OTP_URL/(sandbox/(messages|callbacks)\?|otp/\$OTP_ID/callbacks )", Options)]
    private static partial Regex Look();

    [GeneratedRegex("/replay |/admin/", Options)]
    private static partial Regex Again();

    [GeneratedRegex("\"error\":\\{|\"code\":2\\d{3}|\"status\":[45]\\d\\d|^(curl|bash): ", Options)]
    private static partial Regex Refusal();
}
