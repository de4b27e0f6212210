using System.Diagnostics;
using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Commands;

/// <summary>A producer in another language with another library, as docs/bus.md shows it.</summary>
[Collection(nameof(SharedPipeline))]
public sealed class Commands_from_Python(SharedPipeline shared)
{
    private static readonly string Script = Repository.At("tests", "Pipeline.Tests", "Commands", "client.py");

    [Fact]
    public async Task Requests_verifies_and_reads_answers_and_events()
    {
        var pipeline = await shared.GetAsync();
        await RunAsync(pipeline.Broker, pipeline.ApplicationId, pipeline.Sandbox);
    }

    /// <summary>The client as a user of the broker, for an application whose messages the sandbox shows.</summary>
    internal static async Task RunAsync(Uri broker, Guid application, Sandbox sandbox)
    {
        Assert.SkipUnless(await HasPikaAsync(), "needs ./test, which installs python3-pika");
        var recipient = Recipients.Next();
        using var client = Start(Script, broker.ToString(), application.ToString(), recipient);

        var requested = await StepAsync(client);
        requested.GetProperty("type").GetString().ShouldBe("OtpAccepted", requested.ToString());
        await client.StandardInput.WriteLineAsync(await sandbox.PinAsync(recipient));
        var guessed = await StepAsync(client);
        var verified = await StepAsync(client);
        var cancelled = await StepAsync(client);
        var events = await StepAsync(client);
        await client.WaitForExitAsync();

        client.ExitCode.ShouldBe(0, await client.StandardError.ReadToEndAsync());
        (guessed.GetProperty("type").GetString(), Code(guessed)).ShouldBe(("OtpRejected", 2029));
        verified.GetProperty("type").GetString().ShouldBe("OtpVerified");
        (cancelled.GetProperty("type").GetString(), Code(cancelled)).ShouldBe(("OtpRejected", 2031));
        events.GetProperty("body").EnumerateArray().Select(e => e.GetProperty("body").GetProperty("sequence").GetInt64()).Order()
            .ShouldBe([2L, 3L]);
        await Eventually.Until(
            async () => (await sandbox.MessagesAsync(recipient)).Length == 2, "the command without a message id is delivered too");
    }

    private static int Code(JsonElement step) => step.GetProperty("body").GetProperty("code").GetInt32();

    private static async Task<JsonElement> StepAsync(Process client)
    {
        var line = await client.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(40));
        return line is null
            ? throw new InvalidOperationException(await client.StandardError.ReadToEndAsync())
            : JsonDocument.Parse(line).RootElement;
    }

    private static async Task<bool> HasPikaAsync()
    {
        try
        {
            using var probe = Start("-c", "import pika");
            await probe.WaitForExitAsync();
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("/usr/bin/python3", arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;
}
